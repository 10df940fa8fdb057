//! What can be seen of a regular expression without a text to hold it against.
//!
//! Expressions that this parser does not know (look-around, possessive repetition) have
//! no shape, and nothing is said of them.

use regex_syntax::ast::{Ast, Flag, FlagsItem, FlagsItemKind, GroupKind, Literal, LiteralKind};
use regex_syntax::ast::{RepetitionKind, RepetitionRange, parse::ParserBuilder};

/// Letters of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::detect) enum Letters {
    /// `a`.
    Lower,
    /// `A`.
    Upper,
}

impl Letters {
    /// The other case.
    pub(in crate::detect) fn other(self) -> Self {
        match self {
            Self::Lower => Self::Upper,
            Self::Upper => Self::Lower,
        }
    }

    /// Whether a letter has this case and another one as well.
    pub(in crate::detect) fn include(self, letter: char) -> bool {
        match self {
            Self::Lower => letter.is_lowercase() && letter.to_uppercase().ne([letter]),
            Self::Upper => letter.is_uppercase() && letter.to_lowercase().ne([letter]),
        }
    }

    /// A text in this case.
    pub(in crate::detect) fn of(self, text: &str) -> String {
        match self {
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
        }
    }

    /// The case in words.
    pub(in crate::detect) fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
        }
    }
}

/// Endings of the names of programs and scripts.
const EXTENSIONS: [&str; 19] = [
    "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "jar", "js", "jse", "msi", "ocx", "ps1", "py",
    "scr", "sh", "sys", "vbe", "vbs",
];

/// A regular expression, seen from outside.
#[derive(Debug)]
pub(in crate::detect) struct RegexShape {
    ast: Ast,
}

/// Where something that begins a file's name has to be kept from matching within one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::detect) enum OpenLeft {
    /// A boundary may be put in here.
    At(usize),
    /// A boundary may be put in here, if a group holds everything up to the end.
    Around(usize, usize),
}

impl RegexShape {
    /// The shape of an expression, if it can be read.
    pub(in crate::detect) fn read(regex: &str) -> Option<Self> {
        let mut parser = ParserBuilder::new().nest_limit(100).build();
        let ast = parser.parse(regex).ok()?;
        Some(Self { ast })
    }

    /// Whether the case of some letter matters.
    pub(in crate::detect) fn regards_case(&self) -> bool {
        let mut found = false;
        literals(&self.ast, Flags::default(), &mut |literal, flags| {
            found |= !flags.is_insensitive && literal.c.is_alphabetic();
        });
        found
    }

    /// Whether any letter of this case is written that has to be there as it is,
    /// wherever it stands.
    pub(in crate::detect) fn has(&self, letters: Letters) -> bool {
        let mut found = false;
        literals(&self.ast, Flags::default(), &mut |literal, flags| {
            found |= !flags.is_insensitive && letters.include(literal.c);
        });
        found
    }

    /// Whether nothing without a letter of this case can match.
    pub(in crate::detect) fn requires(&self, letters: Letters) -> bool {
        requires(&self.ast, letters, &mut Flags::default())
    }

    /// The expression with its own letters in another case.
    pub(in crate::detect) fn in_case(&self, regex: &str, letters: Letters) -> String {
        let mut places = Vec::new();
        literals(&self.ast, Flags::default(), &mut |literal, flags| {
            if !flags.is_insensitive && literal.kind == LiteralKind::Verbatim {
                places.push(literal.span.start.offset..literal.span.end.offset);
            }
        });
        let mut new = String::with_capacity(regex.len());
        let mut at = 0;
        for place in places {
            new.push_str(regex.get(at..place.start).unwrap_or_default());
            new.push_str(&letters.of(regex.get(place.clone()).unwrap_or_default()));
            at = place.end;
        }
        new.push_str(regex.get(at..).unwrap_or_default());
        new
    }

    /// The `.*` or `.*?` that it begins with: where it may match anywhere, they say
    /// nothing.
    pub(in crate::detect) fn any_text_first(&self) -> Option<std::ops::Range<usize>> {
        let items = items(&self.ast);
        let first = items.iter().find(|item| !matches!(item, Ast::Flags(_)))?;
        // Alone, it asks whether there is a text.
        if items.len() < 2 || !is_any_text(first) {
            return None;
        }
        let rest = items.iter().skip_while(|item| *item != first).nth(1)?;
        if is_any_text(rest) {
            return None;
        }
        Some(first.span().start.offset..first.span().end.offset)
    }

    /// The dots that stand for any letter between a name and its extension.
    pub(in crate::detect) fn dots_in_names(&self) -> Vec<usize> {
        let mut dots = Vec::new();
        sequences(&self.ast, &mut |items| {
            for (index, item) in items.iter().enumerate() {
                let before = index.checked_sub(1).and_then(|index| items.get(index));
                let follows_name = before.is_some_and(|item| match item {
                    Ast::Literal(literal) => literal.c.is_alphanumeric() || literal.c == '_',
                    Ast::Group(_) => true,
                    _ => false,
                });
                let rest = items.get(index + 1..).unwrap_or_default();
                if matches!(item, Ast::Dot(_)) && follows_name && begins_with_extension(rest) {
                    dots.push(item.span().start.offset);
                }
            }
        });
        dots
    }

    /// Where names of files begin that nothing stands before, so that they are also
    /// found at the end of longer names. None if that cannot be told, and none if it is
    /// no whole name that is looked for.
    pub(in crate::detect) fn open_left(&self) -> Option<OpenLeft> {
        if let Ast::Alternation(alternation) = &self.ast {
            let all_open = alternation.asts.iter().all(begins_a_name);
            let first = alternation.asts.first()?;
            let start = first_solid(&items(first))?.span().start.offset;
            let end = alternation.span.end.offset;
            return all_open.then_some(OpenLeft::Around(start, end));
        }
        let items = items(&self.ast);
        let first = first_solid(&items)?;
        let is_open = match first {
            Ast::Group(group) => {
                let is_closed = items.last().is_some_and(is_end);
                let branches = branches(&group.ast);
                let is_name = |branch: &&Ast| {
                    begins_with_letter(branch)
                        && !has_separator(branch)
                        && (is_closed || ends_in_extension_anywhere(branch, &items))
                };
                branches.iter().all(is_name) && !items.iter().any(is_separator)
            }
            _ => begins_a_name(&self.ast),
        };
        is_open.then(|| OpenLeft::At(first.span().start.offset))
    }
}

/// What holds where a part of an expression stands.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    is_insensitive: bool,
}

impl Flags {
    fn set(&mut self, flags: &regex_syntax::ast::Flags) {
        let mut is_on = true;
        for FlagsItem { kind, .. } in &flags.items {
            match kind {
                FlagsItemKind::Negation => is_on = false,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.is_insensitive = is_on,
                FlagsItemKind::Flag(_) => {}
            }
        }
    }

    fn within(mut self, kind: &GroupKind) -> Self {
        if let GroupKind::NonCapturing(flags) = kind {
            self.set(flags);
        }
        self
    }
}

/// Visits every letter that stands for itself, with what holds there.
fn literals(ast: &Ast, flags: Flags, visit: &mut impl FnMut(&Literal, Flags)) {
    fn walk(ast: &Ast, flags: &mut Flags, visit: &mut impl FnMut(&Literal, Flags)) {
        match ast {
            Ast::Literal(literal) => visit(literal, *flags),
            Ast::Flags(set) => flags.set(&set.flags),
            Ast::Repetition(repetition) => walk(&repetition.ast, flags, visit),
            Ast::Group(group) => {
                let mut inner = flags.within(&group.kind);
                walk(&group.ast, &mut inner, visit);
            }
            Ast::Alternation(alternation) => {
                // What is set in a branch also holds for those after it.
                for ast in &alternation.asts {
                    walk(ast, flags, visit);
                }
            }
            Ast::Concat(concat) => {
                for ast in &concat.asts {
                    walk(ast, flags, visit);
                }
            }
            _ => {}
        }
    }
    let mut flags = flags;
    walk(ast, &mut flags, visit);
}

fn requires(ast: &Ast, letters: Letters, flags: &mut Flags) -> bool {
    match ast {
        Ast::Literal(literal) => !flags.is_insensitive && letters.include(literal.c),
        Ast::Flags(set) => {
            flags.set(&set.flags);
            false
        }
        Ast::Group(group) => {
            let mut inner = flags.within(&group.kind);
            requires(&group.ast, letters, &mut inner)
        }
        Ast::Repetition(repetition) => {
            let can_be_none = match &repetition.op.kind {
                RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => true,
                RepetitionKind::OneOrMore => false,
                RepetitionKind::Range(range) => matches!(
                    range,
                    RepetitionRange::Exactly(0)
                        | RepetitionRange::AtLeast(0)
                        | RepetitionRange::Bounded(0, _)
                ),
            };
            requires(&repetition.ast, letters, flags) && !can_be_none
        }
        Ast::Alternation(alternation) => {
            let mut all = true;
            for ast in &alternation.asts {
                all &= requires(ast, letters, flags);
            }
            all
        }
        Ast::Concat(concat) => {
            let mut any = false;
            for ast in &concat.asts {
                any |= requires(ast, letters, flags);
            }
            any
        }
        _ => false,
    }
}

/// Visits every sequence of items.
fn sequences(ast: &Ast, visit: &mut impl FnMut(&[Ast])) {
    match ast {
        Ast::Concat(concat) => {
            visit(&concat.asts);
            for ast in &concat.asts {
                sequences(ast, visit);
            }
        }
        Ast::Alternation(alternation) => {
            for ast in &alternation.asts {
                sequences(ast, visit);
            }
        }
        Ast::Group(group) => sequences(&group.ast, visit),
        Ast::Repetition(repetition) => sequences(&repetition.ast, visit),
        _ => {}
    }
}

fn items(ast: &Ast) -> Vec<&Ast> {
    match ast {
        Ast::Concat(concat) => concat.asts.iter().collect(),
        other => vec![other],
    }
}

fn branches(ast: &Ast) -> Vec<&Ast> {
    match ast {
        Ast::Alternation(alternation) => alternation.asts.iter().collect(),
        other => vec![other],
    }
}

fn is_any_text(ast: &Ast) -> bool {
    matches!(
        ast,
        Ast::Repetition(repetition)
            if matches!(*repetition.ast, Ast::Dot(_))
                && repetition.op.kind == RepetitionKind::ZeroOrMore
    )
}

/// The first item that is neither a flag nor any text.
fn first_solid<'a>(items: &[&'a Ast]) -> Option<&'a Ast> {
    let mut solid = items
        .iter()
        .filter(|item| !matches!(item, Ast::Flags(_)) && !is_any_text(item));
    solid.next().copied()
}

fn begins_with_letter(ast: &Ast) -> bool {
    match first_solid(&items(ast)) {
        Some(Ast::Literal(literal)) => literal.c.is_alphanumeric(),
        Some(Ast::Group(group)) => branches(&group.ast)
            .iter()
            .all(|branch| begins_with_letter(branch)),
        _ => false,
    }
}

fn is_end(ast: &&Ast) -> bool {
    matches!(
        ast,
        Ast::Assertion(assertion)
            if matches!(
                assertion.kind,
                regex_syntax::ast::AssertionKind::EndLine
                    | regex_syntax::ast::AssertionKind::EndText
            )
    )
}

fn is_separator(ast: &&Ast) -> bool {
    matches!(ast, Ast::Literal(literal) if matches!(literal.c, '\\' | '/'))
}

fn has_separator(ast: &Ast) -> bool {
    let mut found = false;
    literals(ast, Flags::default(), &mut |literal, _| {
        found |= matches!(literal.c, '\\' | '/');
    });
    found
}

/// Whether a whole name of a file is looked for that begins here.
fn begins_a_name(ast: &Ast) -> bool {
    let items = items(ast);
    begins_with_letter(ast)
        && !has_separator(ast)
        && (items.last().is_some_and(is_end) || has_extension(&items))
}

fn ends_in_extension_anywhere(branch: &Ast, around: &[&Ast]) -> bool {
    has_extension(&items(branch)) || has_extension(around)
}

/// Whether a dot and an extension stand among items.
fn has_extension(items: &[&Ast]) -> bool {
    items.iter().enumerate().any(|(index, item)| {
        let is_dot = match item {
            Ast::Literal(literal) => literal.c == '.',
            Ast::Dot(_) => true,
            _ => false,
        };
        let rest: Vec<Ast> = items
            .get(index + 1..)
            .unwrap_or_default()
            .iter()
            .map(|item| (*item).clone())
            .collect();
        is_dot && begins_with_extension(&rest)
    })
}

/// Whether letters come next that are an extension, and then no other letter.
fn begins_with_extension(items: &[Ast]) -> bool {
    let mut word = String::new();
    for item in items {
        match item {
            Ast::Literal(literal) if literal.c.is_alphanumeric() => word.push(literal.c),
            _ => break,
        }
    }
    EXTENSIONS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::{Letters, OpenLeft, RegexShape};

    fn shape(regex: &str) -> RegexShape {
        RegexShape::read(regex).expect("a regular expression")
    }

    #[test]
    fn names_without_a_left_boundary_are_found() {
        let open = |regex: &str| shape(regex).open_left();
        assert_eq!(open(r"code\.exe$"), Some(OpenLeft::At(0)));
        assert_eq!(open(r"(?i)(a|b)\.exe$"), Some(OpenLeft::At(4)));
        assert_eq!(open(r".*?(a\.exe|b\.sh|c)$"), Some(OpenLeft::At(3)));
        assert_eq!(
            open(r"(?i)a\.exe|b\.exe"),
            Some(OpenLeft::Around(4, r"(?i)a\.exe|b\.exe".len()))
        );
        for bounded in [
            r"\\code\.exe$",
            r"^code\.exe$",
            r"\bcode\.exe",
            r"[\\/]code\.exe$",
            r"(?:^|\\)code\.exe$",
            r"(?i)powershell",
            r"(?i)(vnc|tvnserver)",
            r"System32\\cmd\.exe$",
            r"\.exe$",
            r"[^\\]+\.exe$",
        ] {
            assert_eq!(open(bounded), None, "{bounded}");
        }
    }

    #[test]
    fn letters_that_have_to_be_there_are_told() {
        for (regex, required, anywhere) in [
            ("abc", false, false),
            ("aBc", true, true),
            ("(?i)aBc", false, false),
            ("(?i:A)B", true, true),
            ("(foo|BAR)", false, true),
            ("(FOO|BAR)", true, true),
            ("fooB?", false, true),
            (r"\S+\W\D[A-Z]*", false, false),
        ] {
            let shape = shape(regex);
            assert_eq!(shape.requires(Letters::Upper), required, "{regex}");
            assert_eq!(shape.has(Letters::Upper), anywhere, "{regex}");
        }
        let regex = r"(?P<Name>Foo)\S\x41B";
        assert_eq!(
            shape(regex).in_case(regex, Letters::Lower),
            r"(?P<Name>foo)\S\x41b"
        );
    }

    #[test]
    fn dots_before_extensions_are_told() {
        let dots = |regex: &str| shape(regex).dots_in_names();
        assert_eq!(dots(r"code.exe$"), [4]);
        assert_eq!(dots(r"(a|b).exe"), [5]);
        assert_eq!(dots(r"(a.exe|b.sh)$"), [2, 8]);
        assert!(dots(r"code\.exe$").is_empty());
        assert!(dots(r".*exe").is_empty());
        assert!(dots(r"a.exec").is_empty());
    }

    #[test]
    fn any_text_in_front_is_told() {
        let first = |regex: &str| shape(regex).any_text_first();
        assert_eq!(first(r".*?(a|b)$"), Some(0..3));
        assert_eq!(first(r"(?i).*a"), Some(4..6));
        assert_eq!(first(r"^.*a"), None);
        assert_eq!(first(r".*"), None);
        assert_eq!(first(r".+a"), None);
    }
}
