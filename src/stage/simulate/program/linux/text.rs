//! Programs that make texts of texts.

use super::options::Options;
use super::{Done, Job, grep, lines, sed, wrote};
use crate::event::base64;
use crate::stage::simulate::character_class::is_in_class;
use crate::stage::simulate::world::{Content, Finished};

/// Carries out a filter; `None` if it is none.
pub(super) fn run(job: &mut Job<'_>, name: &str) -> Done {
    let with_value = match name {
        "head" | "tail" => "n c lines bytes pid s",
        "cut" => "d f c b fields delimiter characters bytes output-delimiter",
        "sort" => "k t o",
        "uniq" => "f s w",
        "seq" => "s f separator",
        "base64" => "w wrap",
        "basename" => "s suffix",
        _ => "",
    };
    let arguments = old_counts(name, job.arguments);
    let options = Options::parse(&arguments, with_value);
    Ok(Some(match name {
        "cat" | "tac" | "rev" | "head" | "tail" | "sort" | "uniq" | "cut" | "wc" | "base64"
        | "zcat" | "nl" | "strings" => {
            let operands = options.operands.clone();
            let (text, is_well) = job.read_all(&operands);
            let text = text.and_then(|text| filtered(name, &text, &options));
            wrote(text, is_well)
        }
        "tee" => return tee(job, &options),
        "tr" => {
            let text = job.input.and_then(|text| translated(text, &options));
            wrote(text, true)
        }
        "grep" | "egrep" | "fgrep" | "zgrep" => grep::run(job, name),
        "sed" => sed::run(job),
        "seq" => match lines::seq(&options) {
            Some(text) => Finished::said(text),
            None => return Ok(None),
        },
        "basename" => {
            let Some(path) = options.operands.first() else {
                return Ok(Some(Finished::with(1)));
            };
            let trimmed = path.trim_end_matches('/');
            let name = trimmed.rsplit('/').next().unwrap_or(trimmed);
            let name = if path.starts_with('/') && trimmed.is_empty() {
                "/"
            } else {
                name
            };
            let suffix = options.value(&["s", "suffix"]);
            let suffix = suffix.or_else(|| options.operands.get(1).map(String::as_str));
            let name = suffix
                .and_then(|suffix| name.strip_suffix(suffix))
                .filter(|name| !name.is_empty())
                .unwrap_or(name);
            Finished::said(format!("{name}\n"))
        }
        "dirname" => {
            let mut text = String::new();
            for path in &options.operands {
                let trimmed = path.trim_end_matches('/');
                let folder = match trimmed.rsplit_once('/') {
                    Some((folder, _)) => folder.trim_end_matches('/'),
                    None if path.starts_with('/') => "",
                    None => ".",
                };
                text.push_str(if folder.is_empty() { "/" } else { folder });
                text.push('\n');
            }
            Finished::said(text)
        }
        "echo" => {
            let ends = if options.has(&["n"]) { "" } else { "\n" };
            let words = match job.arguments {
                [option, rest @ ..] if option == "-n" => rest,
                all => all,
            };
            Finished::said(words.join(" ") + ends)
        }
        "true" | "sync" => Finished::said(""),
        "false" => wrote(Some(String::new()), false),
        "expr" => match expr(job.arguments) {
            Some(text) => {
                let is_well = text != "0" && !text.is_empty();
                wrote(Some(text + "\n"), is_well)
            }
            None => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// `head -5` as `head -n 5`.
fn old_counts(name: &str, arguments: &[String]) -> Vec<String> {
    let is_counting = matches!(name, "head" | "tail");
    arguments
        .iter()
        .map(|argument| match argument.strip_prefix('-') {
            Some(digits) if is_counting && digits.parse::<u32>().is_ok() => format!("-n{digits}"),
            _ => argument.clone(),
        })
        .collect()
}

fn filtered(name: &str, text: &str, options: &Options) -> Option<String> {
    Some(match name {
        "cat" if options.has(&["n", "b", "A", "v", "E", "T", "e", "t", "s"]) => return None,
        "cat" => text.to_owned(),
        "tac" => lines::joined(text.lines().rev()),
        "rev" => {
            let lines: Vec<String> = text
                .lines()
                .map(|line| line.chars().rev().collect())
                .collect();
            lines::joined(lines.iter().map(String::as_str))
        }
        "head" => lines::head(text, options),
        "tail" => lines::tail(text, options),
        "sort" => lines::sort(text, options),
        "uniq" => lines::uniq(text, options),
        "cut" => return lines::cut(text, options),
        "wc" => {
            let name = options.operands.first().map_or("", String::as_str);
            lines::wc(text, options, name)
        }
        "base64" if options.has(&["d", "D", "decode"]) => decode_base64(text)?,
        "base64" => {
            let width = options
                .value(&["w", "wrap"])
                .and_then(|width| width.parse().ok());
            encode_base64(text, width.unwrap_or(76))
        }
        _ => return None,
    })
}

fn tee(job: &mut Job<'_>, options: &Options) -> Done {
    for path in &options.operands {
        if path.starts_with("/dev/") {
            continue;
        }
        let path = job.path(path);
        match job.input {
            Some(text) if options.has(&["a", "append"]) => {
                job.world.append_file(&job.context.process, &path, text);
            }
            Some(text) => {
                let content = Content::Text(text.to_owned());
                job.world.write_file(&job.context.process, &path, content);
            }
            None => job
                .world
                .write_file(&job.context.process, &path, Content::Unknown),
        }
    }
    Ok(Some(wrote(job.input.map(str::to_owned), true)))
}

/// `tr`.
fn translated(text: &str, options: &Options) -> Option<String> {
    let from = set(options.operands.first()?);
    let to = options.operands.get(1).map(|to| set(to));
    let is_complement = options.has(&["c", "C", "complement"]);
    let deletes = options.has(&["d", "delete"]);
    let squeezes = options.has(&["s", "squeeze-repeats"]);
    let squeezed = match (&to, deletes) {
        (Some(to), _) => to.clone(),
        (None, _) => from.clone(),
    };
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        let place = from.iter().rposition(|known| *known == sign);
        let is_in = place.is_some() != is_complement;
        if is_in && deletes {
            continue;
        }
        let sign = match (&to, is_in) {
            (Some(to), true) if !deletes => place
                .and_then(|place| to.get(place))
                .or(to.last())
                .copied()
                .unwrap_or(sign),
            _ => sign,
        };
        let is_squeezed = match (&to, squeezes) {
            (_, false) => false,
            (Some(_), true) => squeezed.contains(&sign),
            (None, true) => squeezed.contains(&sign) != is_complement,
        };
        if is_squeezed && out.ends_with(sign) {
            continue;
        }
        out.push(sign);
    }
    Some(out)
}

/// The signs of a set of `tr`.
fn set(text: &str) -> Vec<char> {
    let signs: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(sign) = signs.get(at).copied() {
        if sign == '[' && signs.get(at + 1) == Some(&':') {
            let rest: String = signs.iter().skip(at + 2).collect();
            if let Some((class, _)) = rest.split_once(":]") {
                out.extend(('\0'..='\u{7f}').filter(|sign| is_in_class(class, *sign)));
                at += class.chars().count() + 4;
                continue;
            }
        }
        let (sign, length) = match (sign, signs.get(at + 1)) {
            ('\\', Some('n')) => ('\n', 2),
            ('\\', Some('t')) => ('\t', 2),
            ('\\', Some('r')) => ('\r', 2),
            ('\\', Some('0')) => {
                let digits: String = signs
                    .iter()
                    .skip(at + 1)
                    .take(3)
                    .take_while(|digit| digit.is_digit(8))
                    .collect();
                let code = u32::from_str_radix(&digits, 8).unwrap_or(0);
                (char::from_u32(code).unwrap_or('\0'), digits.len() + 1)
            }
            ('\\', Some(other)) => (*other, 2),
            (sign, _) => (sign, 1),
        };
        at += length;
        match (signs.get(at), signs.get(at + 1)) {
            (Some('-'), Some(end)) if sign <= *end => {
                out.extend((sign..=*end).take(256));
                at += 2;
            }
            _ => out.push(sign),
        }
    }
    out
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A text in base 64 (RFC 4648), in lines of that many signs; 0 is one line without an
/// end.
fn encode_base64(text: &str, width: usize) -> String {
    let signs = base64(text.as_bytes());
    if width == 0 {
        return signs;
    }
    let mut out = String::new();
    for (at, sign) in signs.chars().enumerate() {
        if at > 0 && at % width == 0 {
            out.push('\n');
        }
        out.push(sign);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// The text that base 64 stands for; `None` if it is no text.
fn decode_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut bits = 0u32;
    let mut count = 0;
    for sign in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        if sign == b'=' {
            break;
        }
        let six = ALPHABET.iter().position(|known| *known == sign)?;
        bits = bits << 6 | u32::try_from(six).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.extend(u8::try_from(bits >> count & 0xff));
        }
    }
    String::from_utf8(bytes).ok()
}

/// `expr` with one operator.
fn expr(arguments: &[String]) -> Option<String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["substr", text, from, length] => {
            let from: usize = from.parse().ok()?;
            let length = length.parse().ok()?;
            let skip = from.checked_sub(1)?;
            Some(text.chars().skip(skip).take(length).collect())
        }
        ["length", text] => Some(text.chars().count().to_string()),
        [text] => Some((*text).to_owned()),
        [left, operator, right] => {
            let numbers = left.parse::<i64>().ok().zip(right.parse::<i64>().ok());
            let truth = |holds: bool| Some(i32::from(holds).to_string());
            match (*operator, numbers) {
                ("+", Some((left, right))) => left.checked_add(right).map(|sum| sum.to_string()),
                ("-", Some((left, right))) => left.checked_sub(right).map(|sum| sum.to_string()),
                ("*", Some((left, right))) => left.checked_mul(right).map(|sum| sum.to_string()),
                ("/", Some((left, right))) => left.checked_div(right).map(|sum| sum.to_string()),
                ("%", Some((left, right))) => left.checked_rem(right).map(|sum| sum.to_string()),
                ("=" | "==", _) => truth(left == right),
                ("!=", _) => truth(left != right),
                ("<", Some((left, right))) => truth(left < right),
                (">", Some((left, right))) => truth(left > right),
                _ => None,
            }
        }
        _ => None,
    }
}
