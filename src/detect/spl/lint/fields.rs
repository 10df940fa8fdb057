//! Which fields rows have, from command to command.

use std::collections::BTreeSet;

use super::case::{Cased, case_of};
use crate::detect::spl::syntax::{
    Aggregation, Argument, ByField, Command, Field, FieldsMode, LookupMatch, OutputMode, Renaming,
    RexMode, Target,
};

/// The rows between two commands.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    known: Known,
    /// The command that took fields away, as it is told.
    pub(super) by: Option<String>,
    /// Fields whose values are all in one case.
    pub(super) cased: Cased,
    /// Columns that count the events of a group.
    pub(super) counts: BTreeSet<String>,
    /// Whether no command has changed the events yet.
    pub(super) are_raw: bool,
}

/// What is known of the fields.
#[derive(Debug, Clone)]
enum Known {
    /// There may be any but these, which were taken away.
    AllBut(BTreeSet<String>),
    /// There are these and no other.
    Only(BTreeSet<String>),
}

impl Rows {
    /// Events as they are.
    pub(super) fn events() -> Self {
        Self {
            known: Known::AllBut(BTreeSet::new()),
            by: None,
            cased: Cased::new(),
            counts: BTreeSet::new(),
            are_raw: true,
        }
    }

    /// Whether rows certainly lack a field.
    pub(super) fn lack(&self, field: &str) -> bool {
        if field.contains('*') || field.is_empty() {
            return false;
        }
        match &self.known {
            Known::AllBut(gone) => gone.contains(field),
            Known::Only(names) => !names.contains(field),
        }
    }

    /// Whether rows certainly have a field.
    pub(super) fn have(&self, field: &str) -> bool {
        matches!(&self.known, Known::Only(names) if names.contains(field))
    }

    /// The fields, if all are known.
    pub(super) fn names(&self) -> Option<&BTreeSet<String>> {
        match &self.known {
            Known::Only(names) => Some(names),
            Known::AllBut(_) => None,
        }
    }

    /// The rows behind a command; `inner` are those of its own search.
    pub(super) fn pass(&mut self, command: &Command, inner: Option<&Rows>) {
        let is_filter = matches!(
            command,
            Command::Search(_)
                | Command::Where(_)
                | Command::Regex(_)
                | Command::Dedup(_)
                | Command::Head(_)
                | Command::Tail(_)
                | Command::Sort(_)
                | Command::OutputLookup(_)
                | Command::MvExpand(_)
                | Command::MakeMv(_)
        );
        if is_filter {
            return;
        }
        self.are_raw = false;
        self.change(command, inner);
    }

    fn change(&mut self, command: &Command, inner: Option<&Rows>) {
        match command {
            Command::Eval(assignments) => {
                for assignment in assignments {
                    match &assignment.target {
                        Target::Named(field) => {
                            let case = case_of(&assignment.value, &self.cased);
                            self.add(&field.node.text);
                            self.cased
                                .extend(case.map(|case| (field.node.text.clone(), case)));
                        }
                        Target::Dynamic(_) => self.open(),
                    }
                }
            }
            Command::Table(fields) => self.keep(fields, &[], "table"),
            Command::Fields { mode, fields } => match mode {
                FieldsMode::Keep => self.keep(fields, &["_time", "_raw"], "fields"),
                FieldsMode::Remove => self.remove(fields),
            },
            Command::Rename(renamings) => self.rename(renamings),
            Command::Stats(stats) => {
                self.group(&stats.aggregations, &stats.by, "stats");
            }
            Command::Tstats(tstats) => {
                self.group(&tstats.aggregations, &tstats.by, "tstats");
                if tstats.options.append == Some(true) || tstats.options.prestats == Some(true) {
                    self.open();
                }
            }
            Command::EventStats(stats) => self.add_columns(&stats.aggregations),
            Command::StreamStats(stats) => self.add_columns(&stats.aggregations),
            Command::Rex(rex) => {
                if rex.options.mode != Some(RexMode::Sed) {
                    for name in groups(&rex.pattern.node) {
                        self.add(&name);
                    }
                }
                self.add_all(rex.options.offset_field.as_slice());
            }
            Command::FillNull(fill) => self.add_all(&fill.fields),
            Command::Bin(bin) => self.add_all(bin.alias.as_slice()),
            Command::Convert(convert) => {
                for conversion in &convert.conversions {
                    self.add_all(conversion.alias.as_slice());
                }
            }
            Command::Lookup(lookup) => self.look_up(lookup.mode, &lookup.outputs),
            Command::Spath(spath) => match (&spath.options.output, &spath.options.path) {
                (Some(output), _) => self.add(&output.node.text),
                (None, Some(path)) => self.add(&path.node.text),
                (None, None) => self.open(),
            },
            Command::Join(_)
            | Command::Append(_)
            | Command::AppendPipe(_)
            | Command::AppendCols(_) => self.unite(inner),
            Command::Transaction(_) => {
                for name in ["duration", "eventcount", "closed_txn", "linecount"] {
                    self.add(name);
                }
            }
            Command::Replace(_) => self.cased.clear(),
            Command::AddTotals(totals) => match &totals.options.field_name {
                Some(field) => self.add(&field.node.text),
                None => self.add("Total"),
            },
            Command::Other(other) if other.name.node == "iplocation" => {
                for name in [
                    "City",
                    "Country",
                    "Region",
                    "lat",
                    "lon",
                    "MetroCode",
                    "Timezone",
                    "Continent",
                ] {
                    self.add(name);
                }
                // With a prefix the names are others.
                if other.arguments.node.contains('=') {
                    self.open();
                }
            }
            Command::Other(other)
                if matches!(other.name.node.as_str(), "reverse" | "uniq" | "fieldformat") => {}
            _ => self.open(),
        }
    }

    fn open(&mut self) {
        self.known = Known::AllBut(BTreeSet::new());
        self.by = None;
        self.cased.clear();
        self.counts.clear();
    }

    fn add(&mut self, field: &str) {
        self.cased.retain(|(name, _)| name != field);
        self.counts.remove(field);
        if field.contains('*') {
            self.open();
            return;
        }
        match &mut self.known {
            Known::AllBut(gone) => {
                gone.remove(field);
            }
            Known::Only(names) => {
                names.insert(field.to_owned());
            }
        }
    }

    fn add_all(&mut self, fields: &[Field]) {
        for field in fields {
            self.add(&field.node.text);
        }
    }

    fn keep(&mut self, fields: &[Field], also: &[&str], by: &str) {
        let patterns: Vec<_> = fields
            .iter()
            .map(|field| field.node.text.as_str())
            .collect();
        let is_kept = |name: &str| {
            also.contains(&name) || patterns.iter().any(|pattern| fits(pattern, name).is_some())
        };
        let names = match &self.known {
            Known::Only(names) => names.iter().filter(|name| is_kept(name)).cloned().collect(),
            Known::AllBut(gone) => {
                if patterns.iter().any(|pattern| pattern.contains('*')) {
                    return;
                }
                let all = patterns.iter().chain(also).copied();
                all.filter(|name| !gone.contains(*name))
                    .map(str::to_owned)
                    .collect()
            }
        };
        self.known = Known::Only(names);
        self.by = Some(by.to_owned());
    }

    fn remove(&mut self, fields: &[Field]) {
        for field in fields {
            let pattern = field.node.text.as_str();
            match &mut self.known {
                Known::AllBut(gone) if !pattern.contains('*') => {
                    gone.insert(pattern.to_owned());
                }
                Known::AllBut(_) => {}
                Known::Only(names) => names.retain(|name| fits(pattern, name).is_none()),
            }
            if !matches!(&self.known, Known::AllBut(_) if pattern.contains('*')) {
                self.by.get_or_insert_with(|| "fields".to_owned());
            }
        }
    }

    fn rename(&mut self, renamings: &[Renaming]) {
        for renaming in renamings {
            let (from, to) = (&renaming.from.node.text, &renaming.to.node.text);
            if from.matches('*').count() > 1 || from.matches('*').count() != to.matches('*').count()
            {
                self.open();
                return;
            }
            match &mut self.known {
                Known::AllBut(gone) => {
                    if !from.contains('*') {
                        gone.insert(from.clone());
                        gone.remove(to);
                    } else {
                        gone.clear();
                    }
                }
                Known::Only(names) => {
                    let mut new = BTreeSet::new();
                    for name in std::mem::take(names) {
                        match fits(from, &name) {
                            Some(middle) => new.insert(to.replacen('*', middle, 1)),
                            None => new.insert(name),
                        };
                    }
                    *names = new;
                }
            }
            let moved: Vec<_> = self
                .cased
                .iter()
                .filter(|(name, _)| fits(from, name).is_some())
                .cloned()
                .collect();
            for entry in moved {
                self.cased.remove(&entry);
            }
            if self.counts.remove(from) {
                self.counts.insert(to.clone());
            }
            if matches!(self.known, Known::AllBut(_)) {
                self.by.get_or_insert_with(|| "rename".to_owned());
            }
        }
    }

    fn group(&mut self, aggregations: &[Aggregation], by: &[ByField], command: &str) {
        let mut names: BTreeSet<String> = by.iter().map(|by| by.field.node.text.clone()).collect();
        let counts: BTreeSet<String> = aggregations
            .iter()
            .filter(|one| matches!(one.function.as_str(), "count" | "c"))
            .filter(|one| matches!(one.argument, Argument::None))
            .map(|one| match &one.alias {
                Some(alias) => alias.node.text.clone(),
                None => one.function.clone(),
            })
            .collect();
        let keys = &names;
        self.cased.retain(|(name, _)| keys.contains(name));
        let mut is_open = false;
        for aggregation in aggregations {
            match column(aggregation) {
                Some(column) if !column.contains('*') => {
                    names.insert(column);
                }
                _ => is_open = true,
            }
        }
        if is_open || names.iter().any(|name| name.contains('*')) {
            self.open();
            return;
        }
        self.known = Known::Only(names);
        self.by = Some(command.to_owned());
        self.counts = if by.is_empty() {
            BTreeSet::new()
        } else {
            counts
        };
    }

    fn add_columns(&mut self, aggregations: &[Aggregation]) {
        for aggregation in aggregations {
            match column(aggregation) {
                Some(column) => self.add(&column),
                None => self.open(),
            }
        }
    }

    fn look_up(&mut self, mode: Option<OutputMode>, outputs: &[LookupMatch]) {
        if mode.is_none() || outputs.is_empty() {
            self.open();
            return;
        }
        for output in outputs {
            let field = output.field.as_ref().unwrap_or(&output.column);
            self.add(&field.node.text);
        }
    }

    fn unite(&mut self, inner: Option<&Rows>) {
        let others = inner.and_then(Rows::names).cloned();
        match others {
            Some(others) => {
                for name in others {
                    self.add(&name);
                }
            }
            None => self.open(),
        }
        self.cased.clear();
        self.counts.clear();
    }
}

/// The name of a column of statistics; none if it is not known.
fn column(aggregation: &Aggregation) -> Option<String> {
    if let Some(alias) = &aggregation.alias {
        return Some(alias.node.text.clone());
    }
    match &aggregation.argument {
        Argument::None => Some(aggregation.function.clone()),
        Argument::Field(field) => Some(format!("{}({})", aggregation.function, field.node.text)),
        Argument::Eval(_) | Argument::Raw(_) => None,
    }
}

/// What the wildcard of a pattern stands for in a name, if the name fits.
fn fits<'n>(pattern: &str, name: &'n str) -> Option<&'n str> {
    match pattern.split_once('*') {
        None => (pattern == name).then_some(""),
        Some((before, after)) if !after.contains('*') => {
            name.strip_prefix(before)?.strip_suffix(after)
        }
        // Several wildcards: enough that it begins so.
        Some((before, _)) => name.strip_prefix(before),
    }
}

/// The names of the groups of a regular expression.
fn groups(pattern: &str) -> Vec<String> {
    let mut names = Vec::new();
    let parts = pattern.split("(?").skip(1);
    for part in parts {
        let part = part.strip_prefix('P').unwrap_or(part);
        let inner = part.strip_prefix('<').or_else(|| part.strip_prefix('\''));
        let name = inner.and_then(|inner| inner.split(['>', '\'']).next());
        names.extend(
            name.filter(|name| !name.is_empty() && !name.starts_with(['=', '!']))
                .map(str::to_owned),
        );
    }
    names
}
