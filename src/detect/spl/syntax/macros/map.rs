//! Where expanded text stands in the text as written.

use crate::detect::spl::syntax::span::Span;

/// The way back from expanded text to the text as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpanMap {
    /// In order of `expanded`, without gaps.
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment {
    expanded: Span,
    original: Span,
    origin: Origin,
}

/// How a stretch came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was written so.
    Written,
    /// It stands for something else.
    Replaced,
}

impl SpanMap {
    /// Where a stretch of the expanded text comes from. What came out of a
    /// macro comes from the macro's call.
    #[must_use]
    pub fn original(&self, span: Span) -> Span {
        let start = self.start(span.start);
        let end = if span.end > span.start {
            self.end(span.end)
        } else {
            start
        };
        Span::new(start, end.max(start))
    }

    /// Where a stretch of the expanded text was written just so: not by a macro, and
    /// without a comment in it.
    #[must_use]
    pub fn written(&self, span: Span) -> Option<Span> {
        let index = self
            .segments
            .partition_point(|segment| segment.expanded.end <= span.start);
        let segment = self.segments.get(index)?;
        let is_whole = segment.origin == Origin::Written && span.end <= segment.expanded.end;
        is_whole.then(|| self.original(span))
    }

    fn start(&self, place: usize) -> usize {
        let index = self
            .segments
            .partition_point(|segment| segment.expanded.end <= place);
        match self.segments.get(index) {
            Some(segment) => match segment.origin {
                Origin::Written => segment.original.start + (place - segment.expanded.start),
                Origin::Replaced => segment.original.start,
            },
            None => self.segments.last().map_or(0, |last| last.original.end),
        }
    }

    fn end(&self, place: usize) -> usize {
        let index = self
            .segments
            .partition_point(|segment| segment.expanded.end < place);
        match self.segments.get(index) {
            Some(segment) => match segment.origin {
                Origin::Written => segment.original.start + (place - segment.expanded.start),
                Origin::Replaced => segment.original.end,
            },
            None => self.segments.last().map_or(0, |last| last.original.end),
        }
    }

    pub(super) fn push(&mut self, expanded: Span, original: Span, origin: Origin) {
        if let Some(last) = self.segments.last_mut()
            && origin == Origin::Written
            && last.origin == Origin::Written
            && last.original.end == original.start
        {
            last.expanded.end = expanded.end;
            last.original.end = original.end;
            return;
        }
        if expanded.end > expanded.start {
            self.segments.push(Segment {
                expanded,
                original,
                origin,
            });
        }
    }
}
