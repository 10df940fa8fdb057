//! Patterns of `LIKE`.

/// A part of a `LIKE` pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LikePiece {
    /// Letters that stand for themselves.
    Literal(String),
    /// `_`: any one letter.
    One,
    /// `%`: any letters, or none.
    Many,
}

/// Takes a pattern apart.
///
/// The escape makes a wildcard or itself a plain letter. Before any other
/// letter it is a plain letter itself: rules write `'%\cmd.exe'`. That leaves
/// `'\users\%'` a trap, whose `%` is no wildcard.
#[must_use]
pub fn like_pieces(pattern: &str, escape: char) -> Vec<LikePiece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == escape {
            let escaped = letters.next_if(|next| matches!(next, '%' | '_') || *next == escape);
            literal.push(escaped.unwrap_or(letter));
            continue;
        }
        let wildcard = match letter {
            '%' => LikePiece::Many,
            '_' => LikePiece::One,
            _ => {
                literal.push(letter);
                continue;
            }
        };
        if !literal.is_empty() {
            pieces.push(LikePiece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(wildcard);
    }
    if !literal.is_empty() {
        pieces.push(LikePiece::Literal(literal));
    }
    pieces
}
