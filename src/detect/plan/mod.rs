//! Plans: what query languages are lowered to, and the engine that runs them.
//!
//! A plan is a chain of stages over rows; what languages do differently (case,
//! nulls, lists, wildcards, regular expressions, numbers) is a mode of the node
//! that does it. The engine knows no language.

pub mod aggregate;
mod apply;
pub mod compare;
mod correlate;
mod describe;
mod engine;
mod evaluate;
mod execute;
mod explain;
mod expression;
mod field;
pub mod function;
mod link;
mod literal;
mod number;
pub mod pattern;
mod predicate;
mod predicates;
mod prospect;
mod raw;
mod reads;
mod record;
pub mod regex;
mod row;
mod search;
mod set;
mod stage;
mod table;
mod targets;
pub mod time;
pub mod value;
mod view;
mod walk;
mod wanted;

pub use apply::apply;
pub use correlate::{Correlate, Step};
pub use engine::PlanEngine;
pub use expression::{Arithmetic, BinLabel, Expr, ExprKind, TextOperands};
pub use field::{FieldRef, NamePattern, Span, as_written};
pub use predicate::{
    Bounds, Items, Keyword, Modes, Network, Nulls, Pattern, Predicate, PredicateKind, Truth, Within,
};
pub use row::{RAW, TIME};
pub use set::{PlanSet, PlannedDetection};
pub use stage::{
    Aggregate, Among, AmongRows, Argument, Assignment, Comparing, Connect, Dedup, Direction,
    EACH_FIELD, EACH_MATCH, Existing, Filter, Frame, Internal, Join, Key, Limit, Lookup,
    Membership, OfNothing, Output, Parse, Pipeline, Plan, Projection, Reach, Replacement, Sequence,
    Sort, SortKey, Source, Stage, StageKind, Target, Window, WithoutKey,
};
pub use table::{Matching, Table};
pub use value::Value;
pub use view::{Beyond, Definition, Definitions, EventIds, Numbers, RecordKind, View, Wire};
