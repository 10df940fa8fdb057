//! `curl`, `wget`, and `ping`.

use std::sync::Arc;

use super::options::Options;
use super::{Done, Job};
use crate::activity::Protocol;
use crate::stage::simulate::world::{Content, Finished};

const CURL: &str = "o output d data data-raw data-binary F form H header A user-agent e referer u \
                    user x proxy X request m max-time connect-timeout b cookie c cookie-jar w \
                    write-out T upload-file retry r range E cert key cacert K config url \
                    data-urlencode output-dir resolve interface retry-delay";
const WGET: &str = "O output-document P directory-prefix U user-agent o output-file T timeout t \
                    tries header post-data post-file user password i input-file e execute";

/// Carries out a program for the network; `None` if it is none.
pub(super) fn run(job: &mut Job<'_>, name: &str) -> Done {
    Ok(Some(match name {
        "curl" => curl(job),
        "wget" => wget(job),
        "nc" | "ncat" | "netcat" | "telnet" => {
            let options = Options::parse(job.arguments, "w p s e c i q x X");
            let [host, port] = options.operands.as_slice() else {
                return Ok(None);
            };
            let Ok(port) = port.parse() else {
                return Ok(None);
            };
            if options.has(&["l"]) {
                return Ok(None);
            }
            let protocol = if options.has(&["u"]) {
                Protocol::Udp
            } else {
                Protocol::Tcp
            };
            let process = Arc::clone(&job.context.process);
            let is_well = job.world.connect(&process, host, port, protocol);
            super::wrote(None, is_well)
        }
        "nslookup" | "dig" | "host" => {
            let options = Options::parse(job.arguments, "t p b c type");
            let name = options.operands.iter().find(|name| !name.starts_with('@'));
            if let Some(name) = name {
                let process = Arc::clone(&job.context.process);
                job.world.resolve(&process, name);
            }
            Finished::well()
        }
        "ping" => {
            let options = Options::parse(job.arguments, "c i w W s I t");
            let process = Arc::clone(&job.context.process);
            let mut is_well = false;
            if let Some(host) = options.operands.first() {
                is_well = job.world.resolve(&process, host).is_some();
            }
            let count = options.value(&["c"]).and_then(|count| count.parse().ok());
            let count: u64 = count.unwrap_or(4);
            job.world.pass(std::time::Duration::from_secs(
                count.saturating_sub(1).min(60),
            ));
            super::wrote(None, is_well)
        }
        _ => return Ok(None),
    }))
}

/// The last part of a web address, as a file is named.
fn file_name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    match path.rsplit_once('/') {
        Some((_, name)) if !name.is_empty() => name,
        _ => "index.html",
    }
}

fn curl(job: &mut Job<'_>) -> Finished {
    let options = Options::parse(job.arguments, CURL);
    let mut urls: Vec<String> = options.operands.clone();
    urls.extend(options.values(&["url"]).into_iter().map(str::to_owned));
    if urls.is_empty() {
        return if options.has(&["version", "V", "help", "h"]) {
            Finished::well()
        } else {
            Finished::with(2)
        };
    }
    let outputs = options.values(&["o", "output"]);
    let process = Arc::clone(&job.context.process);
    let mut is_well = true;
    let mut is_silent = true;
    for (at, url) in urls.iter().enumerate() {
        if let Some(path) = url.strip_prefix("file://") {
            let path = job.path(path);
            match job.world.content(&path) {
                Content::Text(text) if outputs.is_empty() => return Finished::said(text),
                _ => is_silent &= !outputs.is_empty(),
            }
            continue;
        }
        let answers = job.world.fetch(&process, url);
        is_well &= answers;
        let path = match outputs.get(at) {
            Some(path) => Some((*path).to_owned()),
            None if options.has(&["O", "remote-name", "J"]) => Some(file_name(url).to_owned()),
            None => None,
        };
        match path {
            Some(path) if path == "/dev/null" => {}
            Some(path) if path != "-" => {
                if answers {
                    let path = job.path(&path);
                    job.world.write_file(&process, &path, Content::Unknown);
                }
            }
            _ => is_silent = false,
        }
    }
    // What else it writes are the words of `-w`.
    is_silent &= !options.has(&["w", "write-out"]);
    Finished {
        exit_code: Some(if is_well { 0 } else { 6 }),
        output: (is_silent || !is_well).then(String::new),
    }
}

fn wget(job: &mut Job<'_>) -> Finished {
    let options = Options::parse(job.arguments, WGET);
    let process = Arc::clone(&job.context.process);
    let mut is_well = !options.operands.is_empty();
    let mut is_silent = true;
    for url in &options.operands {
        let answers = job.world.fetch(&process, url);
        is_well &= answers;
        let folder = options.value(&["P", "directory-prefix"]);
        let path = match options.value(&["O", "output-document"]) {
            Some("-") => {
                is_silent = false;
                continue;
            }
            Some(path) => path.to_owned(),
            None => match folder {
                Some(folder) => format!("{folder}/{}", file_name(url)),
                None => file_name(url).to_owned(),
            },
        };
        if answers && path != "/dev/null" && !options.has(&["spider"]) {
            let path = job.path(&path);
            job.world.write_file(&process, &path, Content::Unknown);
        }
    }
    Finished {
        exit_code: Some(if is_well { 0 } else { 4 }),
        output: is_silent.then(String::new),
    }
}
