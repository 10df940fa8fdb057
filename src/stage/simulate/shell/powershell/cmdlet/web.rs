//! Downloads and names.

use std::sync::Arc;

use super::super::shell::Shell;
use super::super::value::Value;
use super::{Bound, Given};
use crate::activity::Protocol;
use crate::stage::simulate::world::Content;

impl Shell<'_> {
    pub(super) fn web_cmdlet(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Given {
        let process = Arc::clone(&self.context.process);
        match name {
            "invoke-webrequest" | "invoke-restmethod" => {
                let address = match bound.get("Uri") {
                    Some(_) => self.text_at(bound, &["Uri"])?,
                    None => {
                        let first = input.as_ref().and_then(|input| input.first().cloned());
                        self.text_of(&first.unwrap_or(Value::Null))?
                    }
                };
                let answered = self.fetch(&address)?;
                let file = self.text_at(bound, &["OutFile"])?;
                if !file.is_empty() {
                    if answered {
                        let path = self.full_path(&file);
                        self.world.write_file(&process, &path, Content::Unknown);
                    }
                    return Ok(Some(Vec::new()));
                }
                Ok(Some(vec![Value::Unknown]))
            }
            "start-bitstransfer" => {
                let address = self.text_at(bound, &["Source"])?;
                let to = self.text_at(bound, &["Destination"])?;
                // The service of BITS fetches it, under the account of the system.
                let service = self.system_process(
                    r"C:\Windows\System32\svchost.exe",
                    r"C:\Windows\System32\svchost.exe -k netsvcs -p -s BITS",
                );
                if self.world.fetch(&service, &address) && !to.is_empty() {
                    let path = self.full_path(&to);
                    self.world.write_file(&service, &path, Content::Unknown);
                }
                Ok(Some(Vec::new()))
            }
            "resolve-dnsname" => {
                let name = self.text_at(bound, &["Name"])?;
                self.world.resolve(&process, &name);
                Ok(Some(vec![Value::Unknown]))
            }
            "test-connection" => {
                let name = self.text_at(bound, &["ComputerName"])?;
                self.world.resolve(&process, &name);
                Ok(Some(vec![Value::Unknown]))
            }
            "test-netconnection" => {
                let name = self.text_at(bound, &["ComputerName"])?;
                let port = bound
                    .get("Port")
                    .and_then(Value::integer)
                    .and_then(|port| u16::try_from(port).ok());
                match port {
                    Some(port) => {
                        self.world.connect(&process, &name, port, Protocol::Tcp);
                    }
                    None => {
                        self.world.resolve(&process, &name);
                    }
                }
                Ok(Some(vec![Value::Unknown]))
            }
            "send-mailmessage" => {
                let server = self.text_at(bound, &["SmtpServer"])?;
                let port = bound
                    .get("Port")
                    .and_then(Value::integer)
                    .and_then(|port| u16::try_from(port).ok());
                self.world
                    .connect(&process, &server, port.unwrap_or(25), Protocol::Tcp);
                Ok(Some(Vec::new()))
            }
            _ => Ok(None),
        }
    }
}
