//! `csc.exe`: the compiler of the .NET Framework.

use std::sync::Arc;

use super::super::carry_out::Running;
use super::super::command_line::split_arguments;
use super::super::paths::{folder_of, full_path, name_of};
use super::super::{Invocation, start as starting};
use crate::activity::{ProgramFile, ProgramMetadata};
use crate::stage::simulate::world::{Content, Exhausted, Finished, World};

/// What stands before the path in the content of a program that was compiled here.
pub const COMPILED: &str = "compiled ";

/// Compiles: a helper turns the version resource into an object file, by way of files
/// beside the output and in the temporary folder, and the output is written.
pub fn compile(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let arguments = arguments_of(world, running);
    let value = |name: &str| {
        let found = arguments.iter().find_map(|argument| {
            let (option, value) = argument.strip_prefix(['/', '-'])?.split_once(':')?;
            option
                .eq_ignore_ascii_case(name)
                .then(|| value.trim_matches('"'))
        });
        found.filter(|value| !value.is_empty())
    };
    let is_library = value("target").or_else(|| value("t")) == Some("library");
    let source = arguments
        .iter()
        .find(|argument| !argument.starts_with(['/', '-']));
    let output = match (value("out"), source) {
        (Some(path), _) => full_path(running.context, path),
        (None, Some(source)) => {
            let name = name_of(source);
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            let ending = if is_library { "dll" } else { "exe" };
            full_path(running.context, &format!("{stem}.{ending}"))
        }
        (None, None) => return Ok(Some(Finished::with(1))),
    };
    let Some(folder) = running.fill(world, "{env.TEMP}") else {
        return Ok(None);
    };
    let process = Arc::clone(&running.context.process);
    let resource = format!(
        r"{}\CSC{}.TMP",
        folder_of(&output),
        world.numbers.hex(32).to_uppercase()
    );
    let object = format!(r"{folder}\RES{}.tmp", world.numbers.hex(4).to_uppercase());
    world.write_file(&process, &resource, Content::Unknown);
    let helper = format!(r"{}\cvtres.exe", folder_of(running.image));
    let line = format!(
        "{helper} /NOLOGO /READONLY /MACHINE:IX86 \"/OUT:{object}\" \"{}\"",
        with_small_drive(&resource)
    );
    starting::run(world, running.context, &Invocation::of_line(helper, line))?;
    world.delete_file(&process, &resource);
    world.delete_file(&process, &object);
    let program = compiled(&output);
    world.write_file(&process, &output, Content::Program(Arc::new(program)));
    Ok(Some(Finished::well()))
}

/// The arguments, those of a response file (`@file`) among them.
fn arguments_of(world: &World, running: &Running<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for argument in &running.arguments.all {
        match argument.strip_prefix('@') {
            Some(file) => {
                let path = full_path(running.context, file);
                if let Content::Text(text) = world.content(&path) {
                    all.extend(split_arguments(&text.replace(['\r', '\n'], " ")));
                }
            }
            None => all.push(argument.clone()),
        }
    }
    all
}

/// The compiler writes the drive of its resource in lower case.
fn with_small_drive(path: &str) -> String {
    match path.split_at_checked(1) {
        Some((drive, rest)) => format!("{}{rest}", drive.to_lowercase()),
        None => path.to_owned(),
    }
}

/// What the compiler writes into the version resource of a program that says nothing of
/// itself.
fn compiled(path: &str) -> ProgramFile {
    ProgramFile {
        content: format!("{COMPILED}{}", path.to_lowercase()),
        metadata: Some(ProgramMetadata {
            file_version: Some("0.0.0.0".to_owned()),
            description: Some(" ".to_owned()),
            product: None,
            company: None,
            original_file_name: Some(name_of(path).to_owned()),
        }),
        signer: None,
        hashes: None,
    }
}
