//! What PowerShell itself leaves behind: script blocks, pipeline commands, and the
//! files with which it tries whether scripts are allowed.

use std::sync::Arc;

use super::shell::Shell;
use super::vocabulary;
use crate::activity::{ActivityKind, ScriptBlock};
use crate::stage::simulate::world::Content;

/// The signs of the names of temporary files (System.IO.Path.GetRandomFileName).
const TEMPORARY: &[u8] = b"abcdefghijklmnopqrstuvwxyz012345";

impl Shell<'_> {
    /// Notes the file that PowerShell writes and removes when it starts, to learn
    /// whether a policy of AppLocker is in force.
    pub(super) fn log_start(&mut self) {
        let folder = self
            .context
            .environment
            .get("TEMP")
            .unwrap_or(r"C:\Windows\Temp")
            .to_owned();
        let name = self.world.numbers.pick(8, TEMPORARY);
        let ending = self.world.numbers.pick(3, TEMPORARY);
        let path = format!(r"{folder}\__PSScriptPolicyTest_{name}.{ending}.ps1");
        let process = Arc::clone(&self.context.process);
        self.world.write_file(
            &process,
            &path,
            Content::Text("# PowerShell test file".to_owned()),
        );
        self.world.delete_file(&process, &path);
    }

    /// Notes that a script block was compiled.
    pub(super) fn log_block(&mut self, text: &str, path: Option<&str>) {
        let number = self.world.script_block_number();
        let process = Arc::clone(&self.context.process);
        self.world.happen(
            Some(&process),
            ActivityKind::ScriptBlock(ScriptBlock {
                number,
                text: text.to_owned(),
                path: path.map(str::to_owned),
                suspicious: vocabulary::is_suspicious(text),
            }),
        );
    }

    /// Notes that a cmdlet was run in a pipeline.
    pub(super) fn log_command(&mut self, name: &str, parameters: Vec<(String, String)>) {
        let process = Arc::clone(&self.context.process);
        self.world.pause(1);
        self.world.happen(
            Some(&process),
            ActivityKind::PipelineCommand {
                command: name.to_owned(),
                parameters,
                line: self.line.clone(),
            },
        );
    }
}
