//! Sets of bytes of a file.

use std::collections::BTreeMap;

/// Bytes from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u64,
    /// The byte after the last one.
    pub end: u64,
}

impl Span {
    /// Bytes from `start` up to, not including, `end`.
    pub const fn new(start: u64, end: u64) -> Self {
        Self { start, end }
    }

    /// How many bytes.
    pub const fn len(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// No byte at all.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The bytes that both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { start: self.start.max(other.start), end: self.end.min(other.end) }
    }
}

/// Disjoint spans in order, none empty and none touching the next: start -> end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spans(BTreeMap<u64, u64>);

impl Spans {
    /// Adds bytes; returns how many of them are new.
    pub(super) fn insert(&mut self, span: Span) -> u64 {
        if span.is_empty() {
            return 0;
        }
        let mut merged = span;
        let mut known = 0;
        while let Some((&start, &end)) =
            self.0.range(..=merged.end).next_back().filter(|(_, end)| **end >= merged.start)
        {
            known += Span::new(start, end).and(span).len();
            merged = Span::new(merged.start.min(start), merged.end.max(end));
            self.0.remove(&start);
        }
        self.0.insert(merged.start, merged.end);
        span.len() - known
    }

    /// Takes bytes away.
    pub(super) fn remove(&mut self, span: Span) {
        if span.is_empty() {
            return;
        }
        while let Some((&start, &end)) = self.0.range(..span.end).next_back().filter(|(_, end)| **end > span.start) {
            self.0.remove(&start);
            if start < span.start {
                self.0.insert(start, span.start);
            }
            if end > span.end {
                self.0.insert(span.end, end);
            }
        }
    }

    /// Is every byte of it here?
    pub(super) fn covers(&self, span: Span) -> bool {
        span.is_empty() || self.0.range(..=span.start).next_back().is_some_and(|(_, end)| *end >= span.end)
    }

    /// The bytes of `whole` that are not here, in order.
    pub(super) fn gaps(&self, whole: Span) -> Vec<Span> {
        let mut rest = Self::default();
        rest.insert(whole);
        self.iter().for_each(|span| rest.remove(span));
        rest.iter().collect()
    }

    /// The spans in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().map(|(start, end)| Span::new(*start, *end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(spans: &Spans) -> Vec<(u64, u64)> {
        spans.iter().map(|span| (span.start, span.end)).collect()
    }

    #[test]
    fn neighbours_grow_together_and_holes_stay() {
        let mut spans = Spans::default();
        assert_eq!(spans.insert(Span::new(10, 20)), 10);
        assert_eq!(spans.insert(Span::new(30, 40)), 10);
        assert_eq!(spans.insert(Span::new(20, 25)), 5);
        assert_eq!(list(&spans), [(10, 25), (30, 40)]);
        assert_eq!(spans.insert(Span::new(0, 50)), 25);
        assert_eq!(list(&spans), [(0, 50)]);
        spans.remove(Span::new(10, 12));
        assert_eq!(list(&spans), [(0, 10), (12, 50)]);
        assert!(spans.covers(Span::new(12, 50)) && !spans.covers(Span::new(9, 13)) && spans.covers(Span::new(11, 11)));
        assert_eq!(spans.gaps(Span::new(5, 60)), [Span::new(10, 12), Span::new(50, 60)]);
    }

    proptest! {
        #[test]
        fn it_is_a_set(steps in prop::collection::vec((any::<bool>(), 0u64..60, 0u64..20), 0..40)) {
            let (mut spans, mut set) = (Spans::default(), std::collections::BTreeSet::new());
            for (add, start, length) in steps {
                let span = Span::new(start, start + length);
                if add {
                    let new = (span.start..span.end).filter(|byte| set.insert(*byte)).count();
                    prop_assert_eq!(spans.insert(span), new as u64);
                } else {
                    spans.remove(span);
                    set.retain(|byte| !(span.start..span.end).contains(byte));
                }
                let listed: Vec<u64> = spans.iter().flat_map(|span| span.start..span.end).collect();
                prop_assert_eq!(listed, set.iter().copied().collect::<Vec<_>>());
                let pairs = list(&spans);
                prop_assert!(pairs.windows(2).all(|pair| pair[0].1 < pair[1].0), "{:?}", pairs);
            }
        }
    }
}
