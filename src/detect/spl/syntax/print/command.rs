//! Searches, pipelines, and commands.

use std::fmt::{self, Display};

use super::separated;
use crate::detect::spl::syntax::aggregation::{Aggregation, Argument, ByField};
use crate::detect::spl::syntax::command::{
    Assignment, Bin, Cast, Command, Conversion, Dedup, Direction, FieldsMode, FillNull, Foreach,
    Format, Head, HeadLimit, InputLookup, Join, Lookup, LookupMatch, OutputMode, Pipeline, Regex,
    RegexTest, Renaming, Replacement, Returned, Rex, Search, Sort, SortKey, Target, Tstats,
    TstatsSource, XmlKv,
};
use crate::detect::spl::syntax::name::{Field, write_quoted};

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pipeline.commands.first().map(|first| &first.node) {
            Some(Command::Search(_)) => {}
            _ => f.write_str("| ")?,
        }
        self.pipeline.fmt(f)
    }
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        separated(f, &self.commands, " | ")
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Command::Search(condition) => write!(f, " {condition}"),
            Command::Where(condition) => write!(f, " {condition}"),
            Command::Eval(assignments) => listed(f, assignments, ", "),
            Command::Table(fields) => listed(f, fields, ", "),
            Command::Fields { mode, fields } => {
                f.write_str(match mode {
                    FieldsMode::Keep => " +",
                    FieldsMode::Remove => " -",
                })?;
                listed(f, fields, ", ")
            }
            Command::Rename(renamings) => listed(f, renamings, ", "),
            Command::Stats(stats) => {
                stats.options.fmt(f)?;
                statistics(f, &stats.aggregations, &stats.by)
            }
            Command::EventStats(stats) => {
                stats.options.fmt(f)?;
                statistics(f, &stats.aggregations, &stats.by)
            }
            Command::StreamStats(stats) => {
                stats.options.fmt(f)?;
                statistics(f, &stats.aggregations, &stats.by)
            }
            Command::Tstats(stats) => tstats(f, stats),
            Command::Sort(sort) => sorted(f, sort),
            Command::Dedup(dedup) => deduplicated(f, dedup),
            Command::Head(head) => head_of(f, head),
            Command::Tail(count) => option(f, count.as_ref()),
            Command::Rex(rex) => rex_of(f, rex),
            Command::Regex(regex) => regex_of(f, regex),
            Command::FillNull(fill) => filled(f, fill),
            Command::Bin(bin) => bins(f, bin),
            Command::MvExpand(expand) => {
                write!(f, " {}", expand.field)?;
                match expand.limit {
                    Some(limit) => write!(f, " limit={limit}"),
                    None => Ok(()),
                }
            }
            Command::MakeMv(make) => write!(f, "{} {}", make.options, make.field),
            Command::Convert(convert) => {
                quoted_option(f, "timeformat", convert.time_format.as_deref())?;
                listed(f, &convert.conversions, " ")
            }
            Command::Lookup(lookup) => looked_up(f, lookup),
            Command::InputLookup(lookup) => input(f, lookup),
            Command::OutputLookup(lookup) => write!(f, "{} {}", lookup.options, lookup.table),
            Command::Spath(spath) => spath.options.fmt(f),
            Command::XmlKv(xml) => xml_kv(f, xml),
            Command::Join(join) => joined(f, join),
            Command::Append(append) => write!(f, "{} [{}]", append.options, append.subsearch),
            Command::AppendPipe(append) => {
                if let Some(value) = append.run_in_preview {
                    write!(f, " run_in_preview={value}")?;
                }
                write!(f, " [{}]", append.subpipeline)
            }
            Command::AppendCols(append) => write!(f, "{} [{}]", append.options, append.subsearch),
            Command::Foreach(each) => foreach(f, each),
            Command::Transaction(transaction) => {
                transaction.options.fmt(f)?;
                listed(f, &transaction.fields, ", ")
            }
            Command::Replace(replace) => {
                listed(f, &replace.replacements, ", ")?;
                if !replace.fields.is_empty() {
                    f.write_str(" IN")?;
                }
                listed(f, &replace.fields, ", ")
            }
            Command::AddTotals(totals) => {
                totals.options.fmt(f)?;
                listed(f, &totals.fields, ", ")
            }
            Command::MakeResults(options) => options.fmt(f),
            Command::Return(returned) => {
                option(f, returned.count.as_ref())?;
                listed(f, &returned.fields, ", ")
            }
            Command::Format(format) => formatted(f, format),
            Command::Other(other) => {
                if other.arguments.node.is_empty() {
                    return Ok(());
                }
                write!(f, " {}", other.arguments)
            }
        }
    }
}

/// A blank and the items, or nothing.
fn listed<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    separator: &str,
) -> fmt::Result {
    if !items.is_empty() {
        f.write_str(" ")?;
    }
    separated(f, items, separator)
}

fn option<T: fmt::Display>(f: &mut fmt::Formatter<'_>, item: Option<&T>) -> fmt::Result {
    match item {
        Some(item) => write!(f, " {item}"),
        None => Ok(()),
    }
}

fn quoted_option(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&str>) -> fmt::Result {
    match value {
        Some(value) => {
            write!(f, " {name}=")?;
            write_quoted(f, value, '"')
        }
        None => Ok(()),
    }
}

fn alias(f: &mut fmt::Formatter<'_>, name: Option<&Field>) -> fmt::Result {
    match name {
        Some(name) => write!(f, " AS {name}"),
        None => Ok(()),
    }
}

fn statistics(
    f: &mut fmt::Formatter<'_>,
    aggregations: &[Aggregation],
    by: &[ByField],
) -> fmt::Result {
    listed(f, aggregations, ", ")?;
    if !by.is_empty() {
        f.write_str(" BY")?;
    }
    listed(f, by, ", ")
}

fn tstats(f: &mut fmt::Formatter<'_>, stats: &Tstats) -> fmt::Result {
    stats.options.fmt(f)?;
    listed(f, &stats.aggregations, ", ")?;
    if let Some(source) = &stats.source {
        write!(f, " FROM {source}")?;
    }
    if let Some(condition) = &stats.condition {
        write!(f, " WHERE {condition}")?;
    }
    statistics(f, &[], &stats.by)
}

fn sorted(f: &mut fmt::Formatter<'_>, sort: &Sort) -> fmt::Result {
    option(f, sort.limit.as_ref())?;
    listed(f, &sort.keys, ", ")?;
    if sort.reversed {
        f.write_str(" desc")?;
    }
    Ok(())
}

fn deduplicated(f: &mut fmt::Formatter<'_>, dedup: &Dedup) -> fmt::Result {
    option(f, dedup.count.as_ref())?;
    listed(f, &dedup.fields, ", ")?;
    dedup.options.fmt(f)?;
    if !dedup.sort_by.is_empty() {
        f.write_str(" sortby")?;
    }
    listed(f, &dedup.sort_by, ", ")
}

fn head_of(f: &mut fmt::Formatter<'_>, head: &Head) -> fmt::Result {
    match &head.limit {
        Some(HeadLimit::Count(count)) => write!(f, " {count}")?,
        Some(HeadLimit::While(condition)) => write!(f, " ({condition})")?,
        None => {}
    }
    head.options.fmt(f)
}

fn rex_of(f: &mut fmt::Formatter<'_>, rex: &Rex) -> fmt::Result {
    write!(f, "{} ", rex.options)?;
    write_quoted(f, &rex.pattern.node, '"')
}

fn regex_of(f: &mut fmt::Formatter<'_>, regex: &Regex) -> fmt::Result {
    f.write_str(" ")?;
    if let Some(field) = &regex.field {
        field.fmt(f)?;
        f.write_str(match regex.test {
            RegexTest::Matches => "=",
            RegexTest::DiffersFrom => "!=",
        })?;
    }
    write_quoted(f, &regex.pattern.node, '"')
}

fn filled(f: &mut fmt::Formatter<'_>, fill: &FillNull) -> fmt::Result {
    quoted_option(f, "value", fill.value.as_deref())?;
    listed(f, &fill.fields, ", ")
}

fn bins(f: &mut fmt::Formatter<'_>, bin: &Bin) -> fmt::Result {
    write!(f, "{} {}", bin.options, bin.field)?;
    alias(f, bin.alias.as_ref())
}

fn looked_up(f: &mut fmt::Formatter<'_>, lookup: &Lookup) -> fmt::Result {
    write!(f, "{} {}", lookup.options, lookup.table)?;
    listed(f, &lookup.matches, ", ")?;
    f.write_str(match lookup.mode {
        Some(OutputMode::Output) => " OUTPUT",
        Some(OutputMode::OutputNew) => " OUTPUTNEW",
        None => "",
    })?;
    listed(f, &lookup.outputs, ", ")
}

fn input(f: &mut fmt::Formatter<'_>, lookup: &InputLookup) -> fmt::Result {
    write!(f, "{} {}", lookup.options, lookup.table)?;
    match &lookup.condition {
        Some(condition) => write!(f, " WHERE {condition}"),
        None => Ok(()),
    }
}

fn xml_kv(f: &mut fmt::Formatter<'_>, xml: &XmlKv) -> fmt::Result {
    option(f, xml.field.as_ref())?;
    match xml.max_inputs {
        Some(count) => write!(f, " maxinputs={count}"),
        None => Ok(()),
    }
}

fn joined(f: &mut fmt::Formatter<'_>, join: &Join) -> fmt::Result {
    join.options.fmt(f)?;
    listed(f, &join.fields, ", ")?;
    for (place, (left, right)) in join.pairs.iter().enumerate() {
        let before = if place == 0 { "WHERE" } else { "AND" };
        write!(f, " {before} {left}={right}")?;
    }
    write!(f, " [{}]", join.subsearch)
}

fn foreach(f: &mut fmt::Formatter<'_>, each: &Foreach) -> fmt::Result {
    each.options.fmt(f)?;
    listed(f, &each.fields, ", ")?;
    write!(f, " [{}]", each.body)
}

fn formatted(f: &mut fmt::Formatter<'_>, format: &Format) -> fmt::Result {
    format.options.fmt(f)?;
    for mark in &format.marks {
        f.write_str(" ")?;
        write_quoted(f, mark, '"')?;
    }
    Ok(())
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Named(field) => write!(f, "{field} = {}", self.value),
            Target::Dynamic(name) => write!(f, "{name} = {}", self.value),
        }
    }
}

impl fmt::Display for Renaming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} AS {}", self.from, self.to)
    }
}

impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.function)?;
        match &self.argument {
            Argument::None => {}
            Argument::Field(field) => write!(f, "({field})")?,
            Argument::Eval(expression) => write!(f, "(eval({expression}))")?,
            Argument::Raw(text) => write!(f, "({text})")?,
        }
        alias(f, self.alias.as_ref())
    }
}

impl fmt::Display for ByField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.field.fmt(f)?;
        match &self.span {
            Some(span) => write!(f, " span={span}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for TstatsSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TstatsSource::DataModel { model, node } => {
                f.write_str("datamodel=")?;
                let name = match node {
                    Some(node) => format!("{model}.{node}"),
                    None => model.clone(),
                };
                write_quoted(f, &name, '"')
            }
            TstatsSource::Job(id) => {
                f.write_str("sid=")?;
                write_quoted(f, id, '"')
            }
            TstatsSource::Namespace(name) => write_quoted(f, name, '"'),
        }
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.direction {
            Some(Direction::Ascending) => "+",
            Some(Direction::Descending) => "-",
            None => "",
        })?;
        match self.cast {
            Some(Cast::Auto) => write!(f, "auto({})", self.field),
            Some(Cast::Text) => write!(f, "str({})", self.field),
            Some(Cast::Address) => write!(f, "ip({})", self.field),
            Some(Cast::Number) => write!(f, "num({})", self.field),
            None => self.field.fmt(f),
        }
    }
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.function, self.field)?;
        alias(f, self.alias.as_ref())
    }
}

impl fmt::Display for Replacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} WITH {}", self.from, self.to)
    }
}

impl fmt::Display for LookupMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.column.fmt(f)?;
        alias(f, self.field.as_ref())
    }
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Returned::Field(field) => field.fmt(f),
            Returned::Value(field) => write!(f, "${field}"),
            Returned::Alias { alias, field } => write!(f, "{alias}={field}"),
        }
    }
}
