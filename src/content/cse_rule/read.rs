//! From the YAML of a rule to what it says.

use std::ops::Range;

use super::keys::{self, Names};
use super::text::{Parts, Text, scalar};
use super::{CseRule, ReadRule, refusal};
use crate::detect::Refusal;
use crate::detect::cse::syntax::{
    Aggregate, AggregateFunction, AggregationRule, Baseline, BaselineScope, ChainRule, ChainStep,
    EntitySelector, Expression, ExpressionKind, Field, FirstSeenRule, MatchRule, OutlierRule,
    RuleKind, Span, Spanned, ThresholdRule, Tuning, TuningEffect, Window, parse_part,
};
use crate::diagnostic::{Code, Diagnostic, Place, YamlNode, did_you_mean};

/// The types of rules.
///
/// Source: `pattern_type` in the public catalogue; the vendor's interface and Terraform
/// resources have the same words.
const TYPES: [&str; 7] = [
    "match",
    "templated_match",
    "threshold",
    "chain",
    "aggregation",
    "first_seen",
    "outlier",
];

/// A custom window is one minute to five days long.
///
/// Source: Terraform, "sumologic_cse_threshold_rule", `window_size_millis`.
const SHORTEST: u64 = 60_000;
const LONGEST: u64 = 432_000_000;

/// A chain has at most so many expressions here; no page says how many it may have.
const MOST_STEPS: usize = 50;

/// What could not be read; it has been told.
struct Told;

type Read<T> = Result<T, Told>;

/// Reads a rule.
pub(super) fn rule(key: YamlNode<'_>, rule: YamlNode<'_>) -> CseRule {
    let mut parts = Parts::default();
    for names in [
        keys::TYPE,
        keys::EXPRESSION,
        keys::LIMIT,
        keys::GROUP_BY,
        keys::ENTITIES,
        keys::ASSET,
        keys::COUNT_FIELD,
        keys::STEPS,
        keys::AGGREGATIONS,
        keys::TRIGGER,
        keys::VALUES,
        keys::VALUE,
        keys::TUNINGS,
    ] {
        if let Some(node) = keys::get(rule, names) {
            parts.add(node);
        }
    }
    let text = parts.together(&rule.source().text);
    let mut reader = Reader {
        key,
        rule,
        text,
        word: String::new(),
        expressions: Vec::new(),
        problems: keys::unknown(rule),
    };
    let read = reader.read();
    let rule = match (refusal(&reader.problems), read) {
        (None, Ok(read)) => Ok(read),
        (Some(refusal), _) => Err(refusal),
        (None, Err(Told)) => Err(Refusal::Invalid("the rule cannot be read".to_owned())),
    };
    reader.expressions.sort_by_key(|range| range.start);
    CseRule {
        text: reader.text.text,
        expressions: reader.expressions,
        rule,
        problems: reader.problems,
    }
}

struct Reader<'y> {
    /// The key `rule`.
    key: YamlNode<'y>,
    rule: YamlNode<'y>,
    text: Text,
    /// The word for its type.
    word: String,
    /// The parts that are expressions over records.
    expressions: Vec<Range<usize>>,
    problems: Vec<Diagnostic>,
}

impl<'y> Reader<'y> {
    fn read(&mut self) -> Read<ReadRule> {
        if !self.rule.is_mapping() {
            let message = format!("a rule is a mapping; this is {}", self.rule.what());
            return Err(self.wrong(self.rule, message));
        }
        let kind = self.needed(self.rule, keys::TYPE);
        let kind = self.kind(kind?);
        let entities = self.entities();
        let tunings = self.tunings();
        Ok(ReadRule {
            kind: kind?,
            entities: entities?,
            tunings: tunings?,
        })
    }

    fn kind(&mut self, node: YamlNode<'y>) -> Read<Spanned<RuleKind>> {
        let word = scalar(node).unwrap_or_default();
        let span = self.span(node);
        self.word = word.to_lowercase().replace([' ', '-'], "_");
        let kind = match &*self.word {
            "match" => RuleKind::Match(self.matched()?),
            "templated_match" => RuleKind::TemplatedMatch(self.matched()?),
            "threshold" => RuleKind::Threshold(self.threshold()?),
            "chain" => RuleKind::Chain(self.chain()?),
            "aggregation" => RuleKind::Aggregation(self.aggregation()?),
            "first_seen" => RuleKind::FirstSeen(self.first_seen()?),
            "outlier" => RuleKind::Outlier(self.outlier()?),
            _ => {
                let help = match did_you_mean(&self.word, TYPES) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("there are {}", TYPES.join(", ")),
                };
                let message = format!("`{word}` is no type of rules");
                return Err(self.wrong_with(node, message, help));
            }
        };
        Ok(Spanned::new(kind, span))
    }

    fn matched(&mut self) -> Read<MatchRule> {
        let expression = self.expression()?;
        Ok(MatchRule { expression })
    }

    fn threshold(&mut self) -> Read<ThresholdRule> {
        // All that is missing is told at once.
        let expression = self.expression();
        let limit = self.limit(self.rule);
        let window = self.window();
        let group_by = self.group_by();
        let distinct = match self.truth(self.rule, keys::COUNT_DISTINCT)? {
            Some(true) => {
                let node = self.needed(self.rule, keys::COUNT_FIELD)?;
                Some(self.field(node)?)
            }
            _ => None,
        };
        Ok(ThresholdRule {
            expression: expression?,
            limit: limit?,
            window: window?,
            distinct,
            group_by: group_by?,
        })
    }

    fn chain(&mut self) -> Read<ChainRule> {
        let node = self.needed(self.rule, keys::STEPS);
        let window = self.window();
        let group_by = self.group_by();
        let ordered = self.truth(self.rule, keys::ORDERED)?.unwrap_or(false);
        let node = node?;
        let steps: Vec<_> = node.elements().map(|step| self.step(step)).collect();
        if !(2..=MOST_STEPS).contains(&steps.len()) {
            let message = format!(
                "a chain has two or more expressions; this has {}",
                steps.len()
            );
            return Err(self.wrong(node, message));
        }
        if ordered && steps.len() > 2 {
            let message = format!(
                "an ordered chain has two expressions; this has {}",
                steps.len()
            );
            let help = "take out `ordered`, or the expressions beyond the second";
            return Err(self.wrong_with(node, message, help.to_owned()));
        }
        Ok(ChainRule {
            steps: steps.into_iter().collect::<Read<_>>()?,
            ordered,
            window: window?,
            group_by: group_by?,
        })
    }

    fn step(&mut self, step: YamlNode<'y>) -> Read<ChainStep> {
        let expression = self
            .needed(step, keys::EXPRESSION)
            .and_then(|node| self.condition(node));
        let limit = self.limit(step);
        Ok(ChainStep {
            expression: expression?,
            limit: limit?,
        })
    }

    fn aggregation(&mut self) -> Read<AggregationRule> {
        let expression = self.expression();
        let aggregates = self.aggregates();
        let trigger = self.needed(self.rule, keys::TRIGGER);
        let trigger = trigger.and_then(|node| self.parsed(node));
        let window = self.window();
        let group_by = self.group_by();
        Ok(AggregationRule {
            expression: expression?,
            aggregates: aggregates?,
            trigger: trigger?,
            window: window?,
            // Source: Terraform, "sumologic_cse_aggregation_rule", `group_by_entity`.
            by_entity: self.truth(self.rule, keys::BY_ENTITY)?.unwrap_or(true),
            group_by: group_by?,
        })
    }

    fn aggregates(&mut self) -> Read<Vec<Aggregate>> {
        let node = self.needed(self.rule, keys::AGGREGATIONS)?;
        let aggregates: Vec<_> = node.elements().map(|one| self.aggregate(one)).collect();
        // Source: Sumo Logic, "Write an Aggregation Rule": up to six.
        if !(1..=6).contains(&aggregates.len()) {
            let count = aggregates.len();
            let message = format!("a rule has one to six aggregations; this has {count}");
            return Err(self.wrong(node, message));
        }
        aggregates.into_iter().collect()
    }

    fn aggregate(&mut self, node: YamlNode<'y>) -> Read<Aggregate> {
        let name = self.needed(node, &["name"]);
        let word = self.needed(node, &["function"]);
        let arguments = self.needed(node, &["arguments", "expression"]);
        let (name, word, arguments) = (name?, word?, arguments?);
        let written = scalar(word).unwrap_or_default();
        let Some(function) = AggregateFunction::named(&written.to_lowercase()) else {
            let names = AggregateFunction::names();
            let help = match did_you_mean(&written, names.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there are {}", names.collect::<Vec<_>>().join(", ")),
            };
            let message = format!("`{written}` is no function of aggregations");
            return Err(self.wrong_with(word, message, help));
        };
        let arguments: Read<Vec<_>> = if arguments.is_list() {
            arguments
                .elements()
                .map(|node| self.condition(node))
                .collect()
        } else {
            self.condition(arguments).map(|one| vec![one])
        };
        Ok(Aggregate {
            name: scalar(name).unwrap_or_default(),
            function,
            arguments: arguments?,
        })
    }

    fn first_seen(&mut self) -> Read<FirstSeenRule> {
        let expression = self.expression()?;
        let nodes: Vec<_> = match keys::get(self.rule, keys::VALUES) {
            Some(node) => items(node).collect(),
            None => keys::get(self.rule, keys::VALUE).into_iter().collect(),
        };
        let values: Read<_> = nodes.into_iter().map(|node| self.parsed(node)).collect();
        let scope = keys::get(self.rule, keys::SCOPE).and_then(scalar);
        let scope = scope.and_then(|word| BaselineScope::named(&word));
        Ok(FirstSeenRule {
            expression,
            values: values?,
            scope: scope.unwrap_or(BaselineScope::PerEntity),
            group_by: self.group_by()?,
            baseline: Baseline::default(),
        })
    }

    fn outlier(&mut self) -> Read<OutlierRule> {
        let expression = self.expression()?;
        let mut aggregates = self.aggregates()?;
        let number = |name| keys::get(self.rule, name).and_then(YamlNode::as_number);
        Ok(OutlierRule {
            expression,
            aggregate: aggregates.swap_remove(0),
            deviations: number(&["deviation_threshold"]).unwrap_or(3.0),
            floor: number(&["floor_value"]).unwrap_or(0.0),
            window: self.window()?,
            group_by: self.group_by()?,
            baseline: Baseline::default(),
        })
    }

    /// The expression that all but chains have.
    fn expression(&mut self) -> Read<Expression> {
        let node = self.needed(self.rule, keys::EXPRESSION)?;
        self.condition(node)
    }

    /// An expression over records.
    fn condition(&mut self, node: YamlNode<'y>) -> Read<Expression> {
        self.expressions.extend(self.text.range(node));
        self.parsed(node)
    }

    fn parsed(&mut self, node: YamlNode<'y>) -> Read<Expression> {
        let Some(range) = self.text.range(node) else {
            let message = format!("an expression is text; this is {}", node.what());
            return Err(self.wrong(node, message));
        };
        parse_part(&self.text.text.text, range).map_err(|error| {
            let mut problem = Diagnostic::error(Code::CSE_SYNTAX, error.message)
                .at(self.place(error.span))
                .maybe_help(error.help);
            if !error.expected.is_empty() {
                problem = problem.label(format!("expected {}", error.expected.join(" or ")));
            }
            self.problems.push(problem);
            Told
        })
    }

    fn field(&mut self, node: YamlNode<'y>) -> Read<Field> {
        let parsed = self.parsed(node)?;
        match parsed.node {
            ExpressionKind::Field(path) => Ok(Spanned::new(path, parsed.span)),
            _ => Err(self.wrong(node, "this is no field".to_owned())),
        }
    }

    fn group_by(&mut self) -> Read<Vec<Field>> {
        let node = keys::get(self.rule, keys::GROUP_BY);
        let nodes: Vec<_> = node.into_iter().flat_map(items).collect();
        nodes.into_iter().map(|node| self.field(node)).collect()
    }

    fn entities(&mut self) -> Read<Vec<EntitySelector>> {
        let mut selectors = Vec::new();
        let node = keys::get(self.rule, keys::ENTITIES);
        let node = node.or_else(|| keys::get(self.rule, keys::ASSET));
        let nodes: Vec<_> = node.into_iter().flat_map(items).collect();
        for node in nodes {
            let (entity_type, expression) = if node.is_mapping() {
                let entity_type = keys::get(node, &["entity_type"]).and_then(scalar);
                (entity_type, self.needed(node, keys::EXPRESSION)?)
            } else {
                (None, node)
            };
            selectors.push(EntitySelector {
                entity_type: entity_type.unwrap_or_default(),
                expression: self.parsed(expression)?,
            });
        }
        Ok(selectors)
    }

    /// The tuning expressions that are not switched off.
    fn tunings(&mut self) -> Read<Vec<Tuning>> {
        let node = keys::get(self.rule, keys::TUNINGS);
        let nodes: Vec<_> = node.into_iter().flat_map(items).collect();
        let mut tunings = Vec::new();
        for node in nodes {
            if self.truth(node, &["enabled"])? == Some(false) {
                continue;
            }
            let expression = self.needed(node, keys::EXPRESSION);
            let exclude = self.needed(node, &["exclude"]);
            let expression = self.condition(expression?)?;
            let effect = match truth_of(exclude?) {
                Some(true) => TuningEffect::Exclude,
                Some(false) => TuningEffect::Include,
                None => return Err(self.wrong(node, "`exclude` is `true` or `false`".to_owned())),
            };
            tunings.push(Tuning { effect, expression });
        }
        Ok(tunings)
    }

    fn limit(&mut self, of: YamlNode<'y>) -> Read<Spanned<u64>> {
        let node = self.needed(of, keys::LIMIT)?;
        let number = scalar(node).and_then(|text| text.trim().parse().ok());
        match number.filter(|number| *number > 0) {
            Some(number) => Ok(Spanned::new(number, self.span(node))),
            None => Err(self.wrong(node, "a limit is a whole number from 1".to_owned())),
        }
    }

    fn window(&mut self) -> Read<Window> {
        let node = self.needed(self.rule, keys::WINDOW)?;
        let written = scalar(node).unwrap_or_default();
        let node = if written.eq_ignore_ascii_case("custom") {
            self.needed(self.rule, keys::WINDOW_MILLIS)?
        } else {
            node
        };
        let written = scalar(node).unwrap_or_default();
        let Ok(window) = written.trim().parse::<Window>() else {
            let message = format!("`{written}` is no length of a window");
            let help = "write `T30M`, `30m`, `12h`, `5d`, or milliseconds";
            return Err(self.wrong_with(node, message, help.to_owned()));
        };
        if !(SHORTEST..=LONGEST).contains(&window.milliseconds) {
            let message = "a window is one minute to five days long".to_owned();
            return Err(self.wrong(node, message));
        }
        Ok(window)
    }

    fn truth(&mut self, of: YamlNode<'y>, names: Names) -> Read<Option<bool>> {
        let Some(node) = keys::get(of, names) else {
            return Ok(None);
        };
        match truth_of(node) {
            Some(truth) => Ok(Some(truth)),
            None => Err(self.wrong(node, "this is `true` or `false`".to_owned())),
        }
    }

    /// The value of a key that must be there.
    fn needed(&mut self, of: YamlNode<'y>, names: Names) -> Read<YamlNode<'y>> {
        if let Some(node) = keys::get(of, names) {
            return Ok(node);
        }
        let name = names.first().copied().unwrap_or_default();
        let subject = match (std::ptr::eq(names, keys::TYPE), &*self.word) {
            (true, _) | (_, "") => "a rule".to_owned(),
            (false, word) if of.bytes() == self.rule.bytes() => {
                format!("a rule of the type `{word}`")
            }
            _ => "this part of a rule".to_owned(),
        };
        let place = if of.bytes() == self.rule.bytes() {
            self.key.place()
        } else {
            of.first_line()
        };
        // Of the rule's own keys, those that no rule has are told already.
        let keys = of.pairs().filter_map(|(key, _)| key.as_str());
        let meant = did_you_mean(name, keys);
        let meant = meant.filter(|_| of.bytes() != self.rule.bytes());
        self.problems.push(
            Diagnostic::error(
                Code::CONTENT_MISSING_FIELD,
                format!("{subject} needs `{name}`"),
            )
            .at(place)
            .maybe_help(meant.map(|meant| format!("is it `{meant}`?"))),
        );
        Err(Told)
    }

    fn wrong(&mut self, node: YamlNode<'y>, message: String) -> Told {
        let problem = Diagnostic::error(Code::CONTENT_BAD_VALUE, message);
        self.problems.push(problem.at(node.first_line()));
        Told
    }

    fn wrong_with(&mut self, node: YamlNode<'y>, message: String, help: String) -> Told {
        let problem = Diagnostic::error(Code::CONTENT_BAD_VALUE, message);
        self.problems.push(problem.at(node.first_line()).help(help));
        Told
    }

    fn span(&self, node: YamlNode<'y>) -> Span {
        let range = self.text.range(node).unwrap_or_default();
        Span::new(range.start, range.end)
    }

    /// Where a part of the text stands in the file.
    fn place(&self, span: Span) -> Place {
        let query = crate::detect::Query {
            text: &self.text.text.text,
            source: self.rule.source(),
            places: &self.text.text.places,
        };
        query.place(span)
    }
}

/// The elements of a list; a node that is none is its only one.
fn items<'y>(node: YamlNode<'y>) -> impl Iterator<Item = YamlNode<'y>> {
    let own = (!node.is_list()).then_some(node);
    node.elements().chain(own)
}

/// A truth value; the Terraform resources write some of them as text.
fn truth_of(node: YamlNode<'_>) -> Option<bool> {
    scalar(node).and_then(|text| text.parse().ok())
}
