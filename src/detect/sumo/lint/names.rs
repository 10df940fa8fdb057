//! Names of fields that are read.

use super::fields::Missing;
use super::rules::{FOREIGN_FIELD, LOST_FIELD, RAW_KEY};
use super::{Linter, as_warning};
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::detect::sumo::syntax::{Field, FieldName, Quoting, Span};
use crate::diagnostic::did_you_mean;

/// What other products, or other spellings, call a field, and what it is called.
const MEANT: [(&str, &str, Remedy); 17] = [
    ("_time", "_messageTime", Remedy::Certain),
    ("_indextime", "_receiptTime", Remedy::Certain),
    ("timegenerated", "_messageTime", Remedy::Proposed),
    ("messagetime", "_messageTime", Remedy::Proposed),
    ("receipttime", "_receiptTime", Remedy::Proposed),
    ("eventcode", "EventID", Remedy::Proposed),
    ("sourcetype", "_sourceCategory", Remedy::Proposed),
    ("_sourcetype", "_sourceCategory", Remedy::Proposed),
    ("sourcecategory", "_sourceCategory", Remedy::Proposed),
    ("sourcehost", "_sourceHost", Remedy::Proposed),
    ("sourcename", "_sourceName", Remedy::Proposed),
    ("host", "_sourceHost", Remedy::Proposed),
    ("index", "_index", Remedy::Proposed),
    ("computername", "Computer", Remedy::Proposed),
    ("devicename", "Computer", Remedy::Proposed),
    ("processcommandline", "CommandLine", Remedy::Proposed),
    (
        "initiatingprocesscommandline",
        "ParentCommandLine",
        Remedy::Proposed,
    ),
];

/// Of these, a site may well have made fields of its own.
const PLAUSIBLE: [&str; 2] = ["host", "index"];

/// What a name of another product means.
pub(super) fn meant(name: &FieldName) -> Option<(&'static str, Remedy)> {
    let lower = name.text.to_lowercase();
    let found = MEANT.iter().find(|(known, _, _)| *known == lower)?;
    (name.quoting == Quoting::Bare).then_some((found.1, found.2))
}

impl Linter<'_> {
    pub(super) fn read_field(&mut self, field: &Field) {
        self.read(&field.node, field.span);
    }

    pub(super) fn read(&mut self, name: &FieldName, span: Span) {
        let missing = self.fields.missing(name);
        if let Some((own, remedy)) = meant(name)
            && self.fields.is_nobodys(name)
        {
            self.foreign(name, span, own, remedy);
            return;
        }
        match missing {
            Some(Missing::Aggregated(left)) => self.lost(name, span, &left),
            Some(Missing::TakenAway) => {
                let finding = Finding::new(
                    &LOST_FIELD,
                    format!(
                        "`{}` is gone: a `fields` before has taken it away",
                        name.text
                    ),
                    self.query.place(span),
                )
                .help("keep it there, or use it before");
                self.tell(as_warning(finding));
            }
            Some(Missing::Unknown) => self.extracted(name, span),
            None => {}
        }
    }

    /// A name that only field extraction rules give, where there are none.
    fn extracted(&mut self, name: &FieldName, span: Span) {
        let Some(key) = self.fields.key_of(name) else {
            return;
        };
        let edit = Edit::replace(&self.query, span, format!("%\"{key}\""));
        let finding = Finding::new(
            &RAW_KEY,
            format!(
                "no message of this deployment has a field `{}`: its key is `{key}`",
                name.text
            ),
            self.query.place(span),
        )
        .fix(
            Remedy::Proposed,
            format!("name the key: `%\"{key}\"`"),
            vec![edit],
        );
        self.tell(finding);
    }

    fn foreign(&mut self, name: &FieldName, span: Span, own: &str, remedy: Remedy) {
        let edit = Edit::replace(&self.query, span, own);
        let finding = Finding::new(
            &FOREIGN_FIELD,
            format!("no message has a field `{}`", name.text),
            self.query.place(span),
        )
        .fix(remedy, format!("it is called `{own}`"), vec![edit]);
        let finding = match self.fields.may_be_any() {
            true => as_warning(finding),
            false => finding,
        };
        self.tell(finding);
    }

    /// A name of another product in the scope, where a site may have fields of its own.
    pub(super) fn foreign_in_scope(&mut self, field: &Field) {
        let Some((own, _)) = meant(&field.node) else {
            return;
        };
        let lower = field.node.text.to_lowercase();
        let is_plausible = PLAUSIBLE.contains(&lower.as_str()) && lower != "index";
        if is_plausible || self.fields.are_unknown() {
            return;
        }
        let edit = Edit::replace(&self.query, field.span, own);
        let finding = Finding::new(
            &FOREIGN_FIELD,
            format!(
                "messages have no field `{}`, unless the site has made one",
                field.node.text
            ),
            self.query.place(field.span),
        )
        .fix(
            Remedy::Proposed,
            format!("it is called `{own}`"),
            vec![edit],
        );
        self.tell(as_warning(finding));
    }

    fn lost(&mut self, name: &FieldName, span: Span, left: &[String]) {
        let lower = name.text.to_lowercase();
        let underscored = format!("_{lower}");
        let like = left
            .iter()
            .find(|known| **known == underscored)
            .map(String::as_str)
            .or_else(|| did_you_mean(&lower, left.iter().map(String::as_str)));
        let finding = Finding::new(
            &LOST_FIELD,
            format!(
                "`{}` is gone: the aggregation before leaves only its keys and results",
                name.text
            ),
            self.query.place(span),
        );
        let told: Vec<_> = left.iter().map(|name| format!("`{name}`")).collect();
        let finding = match like {
            Some(like) if name.quoting == Quoting::Bare => finding.fix(
                Remedy::Proposed,
                format!("did you mean `{like}`?"),
                vec![Edit::replace(&self.query, span, like)],
            ),
            _ if told.is_empty() => finding,
            _ => finding.help(format!("there are: {}", told.join(", "))),
        };
        self.tell(finding);
    }
}
