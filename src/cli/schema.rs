//! `misfire schema`.

use std::io;

use include_dir::{Dir, include_dir};

use super::args::{Format, SchemaArgs};
use super::exit::Exit;
use super::output::Output;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

static SCHEMAS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/schemas");

/// Find, print.
pub(super) fn schema(args: &SchemaArgs, output: &Output) -> io::Result<Exit> {
    let mut names: Vec<&str> = SCHEMAS
        .files()
        .filter_map(|file| file.path().to_str()?.strip_suffix(".json"))
        .collect();
    names.sort_unstable();
    let Some(wanted) = &args.name else {
        output.write(|out| match output.format {
            Format::Json => writeln!(out, "{}", serde_json::json!({ "schemas": names })),
            Format::Text => names.iter().try_for_each(|name| writeln!(out, "{name}")),
        })?;
        return Ok(Exit::Expected);
    };
    let name = wanted.strip_suffix(".json").unwrap_or(wanted);
    let schema = names
        .iter()
        .find(|known| **known == name)
        .and_then(|name| SCHEMAS.get_file(format!("{name}.json")));
    let Some(schema) = schema else {
        let help = did_you_mean(name, names.iter().copied()).map_or_else(
            || format!("there are {}", names.join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        output.tell(&[Diagnostic::error(
            Code::USAGE_UNKNOWN_SCHEMA,
            format!("there is no schema called `{wanted}`"),
        )
        .help(help)])?;
        return Ok(Exit::Wrong);
    };
    output.write(|out| out.write_all(schema.contents()))?;
    Ok(Exit::Expected)
}
