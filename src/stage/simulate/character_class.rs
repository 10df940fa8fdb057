//! Classes of characters in the POSIX locale (POSIX Base Definitions, 7.3.1), which
//! patterns of the shell and `tr` share.

/// Whether a sign belongs to a class, as `[:alpha:]`.
pub(super) fn is_in_class(class: &str, sign: char) -> bool {
    match class {
        "alpha" => sign.is_ascii_alphabetic(),
        "digit" => sign.is_ascii_digit(),
        "alnum" => sign.is_ascii_alphanumeric(),
        "upper" => sign.is_ascii_uppercase(),
        "lower" => sign.is_ascii_lowercase(),
        "space" => sign.is_ascii_whitespace() || sign == '\u{b}',
        "blank" => matches!(sign, ' ' | '\t'),
        "punct" => sign.is_ascii_punctuation(),
        "print" => sign == ' ' || sign.is_ascii_graphic(),
        "graph" => sign.is_ascii_graphic(),
        "cntrl" => sign.is_ascii_control(),
        "xdigit" => sign.is_ascii_hexdigit(),
        _ => false,
    }
}
