//! What every process of a Unix host begins with.

use super::environment::Environment;
use super::profile::HostProfile;

/// The environment of a user's processes on a Linux host, and what the profile adds.
#[must_use]
pub fn linux_environment(profile: &HostProfile) -> Environment {
    let user = &profile.user.name;
    let home = match user.as_str() {
        "root" => "/root".to_owned(),
        user => format!("/home/{user}"),
    };
    let mut environment = Environment::unix();
    environment.set("HOME", home.clone());
    environment.set("USER", user.clone());
    environment.set("LOGNAME", user.clone());
    environment.set("SHELL", "/bin/bash");
    environment.set(
        "PATH",
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    );
    environment.set("PWD", home);
    environment.set("LANG", "en_US.UTF-8");
    environment.set("HOSTNAME", profile.name.clone());
    environment.set("TERM", "xterm-256color");
    for (name, value) in &profile.environment {
        environment.set(name, value.clone());
    }
    environment
}
