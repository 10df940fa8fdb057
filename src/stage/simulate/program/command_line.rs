//! Command lines of Windows, which programs split themselves.

/// Splits a command line as `CommandLineToArgvW` does: the program is read by its own
/// rule, and in the arguments backslashes are special only before a quotation mark.
#[must_use]
pub fn split_windows(command_line: &str) -> Vec<String> {
    let mut signs = command_line
        .trim_start_matches([' ', '\t'])
        .chars()
        .peekable();
    if signs.peek().is_none() {
        return Vec::new();
    }
    let mut program = String::new();
    let mut is_quoted = false;
    for sign in signs.by_ref() {
        match sign {
            '"' => is_quoted = !is_quoted,
            ' ' | '\t' if !is_quoted => break,
            _ => program.push(sign),
        }
    }
    let rest: String = signs.collect();
    let mut parts = vec![program];
    parts.extend(split_arguments(&rest));
    parts
}

/// Splits what follows the program in a command line.
#[must_use]
pub fn split_arguments(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part: Option<String> = None;
    let mut is_quoted = false;
    let mut backslashes = 0_usize;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        if sign == '\\' {
            backslashes += 1;
            continue;
        }
        if sign == '"' {
            let current = part.get_or_insert_with(String::new);
            current.extend(std::iter::repeat_n('\\', backslashes / 2));
            if backslashes % 2 == 1 {
                current.push('"');
            } else if is_quoted && signs.peek() == Some(&'"') {
                // Two quotation marks within quotation marks are one.
                signs.next();
                current.push('"');
            } else {
                is_quoted = !is_quoted;
            }
            backslashes = 0;
            continue;
        }
        if backslashes > 0 {
            let current = part.get_or_insert_with(String::new);
            current.extend(std::iter::repeat_n('\\', backslashes));
            backslashes = 0;
        }
        if matches!(sign, ' ' | '\t') && !is_quoted {
            parts.extend(part.take());
        } else {
            part.get_or_insert_with(String::new).push(sign);
        }
    }
    if backslashes > 0 {
        let current = part.get_or_insert_with(String::new);
        current.extend(std::iter::repeat_n('\\', backslashes));
    }
    parts.extend(part);
    parts
}

/// Joins arguments so that [`split_arguments`] gives them back.
#[must_use]
pub fn join_windows(arguments: &[String]) -> String {
    let quoted: Vec<_> = arguments.iter().map(|part| quote(part)).collect();
    quoted.join(" ")
}

/// The command line of a program with its arguments.
#[must_use]
pub fn command_line_of(program: &str, arguments: &[String]) -> String {
    let program = if program.contains([' ', '\t']) {
        format!("\"{program}\"")
    } else {
        program.to_owned()
    };
    if arguments.is_empty() {
        program
    } else {
        format!("{program} {}", join_windows(arguments))
    }
}

fn quote(part: &str) -> String {
    if !part.is_empty() && !part.contains([' ', '\t', '\n', '\r', '"']) {
        return part.to_owned();
    }
    let mut quoted = String::from("\"");
    let mut backslashes = 0_usize;
    for sign in part.chars() {
        match sign {
            '\\' => backslashes += 1,
            '"' => {
                // Those before a quotation mark count double, and one more escapes it.
                quoted.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        quoted.push(sign);
    }
    quoted.extend(std::iter::repeat_n('\\', backslashes));
    quoted.push('"');
    quoted
}
