//! The host itself: its names, and the processes that Windows keeps running.

use super::Host;

#[test]
fn the_hosts_own_name_is_its_own_address() {
    let mut host = Host::new();
    for name in ["WS01", "ws01.corp.example"] {
        let process = host.shell.process.clone();
        let address = host.world.resolve(&process, name).expect("an address");
        assert_eq!(address, host.world.profile.own_address(), "{name}");
    }
}
