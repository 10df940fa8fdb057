//! Commands, each into the stages that do the same.

use super::super::syntax::{Command, FieldsMode, Spanned};
use super::{Fault, Lowerer, filter};
use crate::detect::plan::{Internal, NamePattern, Projection, StageKind};

impl Lowerer<'_> {
    /// The stages of a command.
    pub(super) fn command(&mut self, command: &Spanned<Command>) -> Result<Vec<StageKind>, Fault> {
        let one = |kind| Ok(vec![kind]);
        match &command.node {
            Command::Search(condition) => self.search(condition).map(|kind| vec![kind]),
            Command::Where(condition) => one(filter(self.condition(condition)?)),
            Command::Eval(assignments) => self.eval(assignments),
            Command::Table(fields) => one(StageKind::Project(Projection::Keep {
                patterns: patterns(fields),
                internal: Internal::Same,
            })),
            Command::Fields { mode, fields } => one(StageKind::Project(match mode {
                FieldsMode::Keep => Projection::Keep {
                    patterns: patterns(fields),
                    internal: Internal::Kept,
                },
                FieldsMode::Remove => Projection::Drop(patterns(fields)),
            })),
            Command::Rename(renamings) => one(StageKind::Rename(
                renamings
                    .iter()
                    .map(|renaming| (pattern(&renaming.from), pattern(&renaming.to)))
                    .collect(),
            )),
            Command::Stats(stats) => self.stats(stats),
            Command::EventStats(stats) => self.event_stats(stats),
            Command::StreamStats(stats) => self.stream_stats(stats, command.span),
            Command::Tstats(tstats) => self.tstats(tstats, command.span),
            Command::Transaction(transaction) => self.transaction(transaction, command.span),
            Command::Sort(sort) => one(self.sort(sort)),
            Command::Dedup(dedup) => Ok(self.dedup(dedup)),
            Command::Head(head) => self.head(head),
            Command::Tail(count) => Ok(Self::tail(*count)),
            Command::FillNull(fill) => Ok(self.fill(fill)),
            Command::Bin(bin) => self.bin(bin, command.span),
            Command::MvExpand(expand) => Ok(self.expand(expand)),
            Command::AddTotals(totals) => self.totals(totals, command.span),
            Command::MakeResults(options) => Self::make_results(options, command.span),
            Command::Rex(rex) => self.rex(rex),
            Command::Regex(regex) => self.regex(regex),
            Command::MakeMv(make) => self.make_mv(make),
            Command::Convert(convert) => self.convert(convert),
            Command::Spath(spath) => Ok(self.spath(spath)),
            Command::XmlKv(xml) => Ok(self.xml_kv(xml)),
            Command::Replace(replace) => self.replace(replace),
            Command::Lookup(lookup) => Ok(self.lookup(lookup)),
            Command::InputLookup(input) => self.input_lookup(input),
            Command::Join(join) => self.join(join),
            Command::Append(append) => Ok(self.append(append)),
            Command::AppendPipe(append) => Ok(self.append_pipe(append)),
            Command::Foreach(foreach) => self.for_each(foreach),
            // Rows pass through it unchanged.
            Command::OutputLookup(_) => Ok(Vec::new()),
            Command::Return(given) => Ok(self.returned(given)),
            // What a subsearch hands over is what `format` would make of it.
            Command::Format(_) => Ok(Vec::new()),
            Command::AppendCols(_) => {
                Err(Fault::unsupported("the command `appendcols`", command.span))
            }
            Command::Other(other) => Err(Fault::unsupported(
                format!("the command `{}`", other.name.node),
                other.name.span,
            )),
        }
    }
}

pub(super) fn pattern(field: &super::super::syntax::Field) -> NamePattern {
    NamePattern::new(&field.node.text)
}

pub(super) fn patterns(fields: &[super::super::syntax::Field]) -> Vec<NamePattern> {
    fields.iter().map(pattern).collect()
}
