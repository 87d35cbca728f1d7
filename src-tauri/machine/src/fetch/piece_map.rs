//! Which bytes of the file are here, which of them are proven, and whom a wrong piece is charged to. Pure.

use super::spans::{Span, Spans};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a piece that was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// All of it came from this source: it is asked of another one.
    From(usize),
    /// Several brought it, so it is asked of one alone, and the next time it is known whom to blame.
    Mixed,
}

/// The pieces of a file.
#[derive(Clone, Debug)]
pub(super) struct PieceMap {
    length: u64,
    size: u64,
    held: Spans,
    received: u64,
    good: Vec<bool>,
    /// Who brought bytes of a piece that is not proven.
    by: BTreeMap<usize, BTreeSet<usize>>,
    wrong: BTreeMap<usize, Wrong>,
    ever_wrong: bool,
    /// Pieces that are here and not judged yet.
    unjudged: usize,
}

impl PieceMap {
    /// A file of `length` bytes in pieces of `size` bytes, of which these are proven already.
    pub(super) fn new(length: u64, size: u64, good: Vec<bool>) -> Self {
        let mut map = Self {
            length,
            size: size.max(1),
            held: Spans::default(),
            received: 0,
            good,
            by: BTreeMap::new(),
            wrong: BTreeMap::new(),
            ever_wrong: false,
            unjudged: 0,
        };
        for piece in 0..map.good.len() {
            if map.good.get(piece) == Some(&true) {
                map.received += map.held.insert(map.span(piece));
            }
        }
        map
    }

    /// Bytes of the file.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// The whole file.
    pub(super) const fn whole(&self) -> Span {
        Span::new(0, self.length)
    }

    /// Where a piece lies.
    pub(super) fn span(&self, piece: usize) -> Span {
        let start = (piece as u64).saturating_mul(self.size);
        Span::new(start, start.saturating_add(self.size)).and(self.whole())
    }

    /// The pieces that a span touches.
    fn pieces(&self, span: Span) -> std::ops::Range<usize> {
        let index = |piece: u64| usize::try_from(piece).unwrap_or(usize::MAX);
        index(span.start / self.size)..index(span.end.div_ceil(self.size))
    }

    /// Bytes that are here.
    pub(super) const fn received(&self) -> u64 {
        self.received
    }

    /// Is everything here, and proven?
    pub(super) fn is_complete(&self) -> bool {
        self.good.iter().all(|good| *good)
    }

    /// Is the word on a piece awaited?
    pub(super) const fn awaits_judgement(&self) -> bool {
        self.unjudged > 0
    }

    /// Was any piece wrong in this run?
    pub(super) const fn ever_wrong(&self) -> bool {
        self.ever_wrong
    }

    /// Is a piece missing because what came of it was wrong?
    pub(super) fn is_wrong(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// The bytes of `span` that are worth writing down: those that are not here yet.
    pub(super) fn news(&self, span: Span) -> Vec<Span> {
        self.held.gaps(span)
    }

    /// A source brought these bytes. Returns how many of them are new, and the pieces that are to be hashed now.
    pub(super) fn arrived(&mut self, span: Span, source: usize) -> (u64, Vec<usize>) {
        let mut due = Vec::new();
        let mut new = 0;
        for piece in self.pieces(span) {
            let place = self.span(piece);
            let news = self.held.insert(span.and(place));
            new += news;
            if news == 0 || self.good.get(piece) != Some(&false) {
                continue;
            }
            self.by.entry(piece).or_default().insert(source);
            if self.held.covers(place) {
                due.push(piece);
            }
        }
        self.received += new;
        self.unjudged += due.len();
        (new, due)
    }

    /// A piece was hashed and is the signed one.
    pub(super) fn proven(&mut self, piece: usize) {
        if let Some(good) = self.good.get_mut(piece) {
            *good = true;
        }
        self.by.remove(&piece);
        self.wrong.remove(&piece);
        self.unjudged = self.unjudged.saturating_sub(1);
    }

    /// A piece was hashed and is another: it is missing again. Returns the source to be charged, if that is known.
    pub(super) fn refuted(&mut self, piece: usize) -> Option<usize> {
        self.lose(piece);
        self.ever_wrong = true;
        self.unjudged = self.unjudged.saturating_sub(1);
        let by = self.by.remove(&piece).unwrap_or_default();
        let alone = by.first().copied().filter(|_| by.len() == 1);
        self.wrong.insert(piece, alone.map_or(Wrong::Mixed, Wrong::From));
        alone
    }

    /// A source is not believed any more: the unfinished pieces that it has a part in are missing from their beginning, for
    /// with its bytes in them they would only be found wrong when the others' are there. What waits for its hash is left to it.
    pub(super) fn forget(&mut self, source: usize) {
        let touched = self.by.iter().filter(|(_, by)| by.contains(&source)).map(|(piece, _)| *piece);
        let unfinished: Vec<usize> = touched.filter(|piece| !self.held.covers(self.span(*piece))).collect();
        for piece in unfinished {
            self.lose(piece);
            self.by.remove(&piece);
        }
    }

    /// What came of a piece counts as missing.
    fn lose(&mut self, piece: usize) {
        let span = self.span(piece);
        let missing: u64 = self.held.gaps(span).iter().map(|gap| gap.len()).sum();
        self.received -= span.len() - missing;
        self.held.remove(span);
    }

    /// Missing bytes outside `taken`, in runs that one request may ask for: a piece that was wrong is a run of its own.
    pub(super) fn runs(&self, taken: &[Span]) -> Vec<(Span, Option<Wrong>)> {
        let mut known = self.held.clone();
        for span in taken {
            known.insert(*span);
        }
        let mut runs = Vec::new();
        for mut gap in known.gaps(self.whole()) {
            let wrong = self.wrong.range(self.pieces(gap)).map(|(piece, wrong)| (self.span(*piece), *wrong));
            for (span, wrong) in wrong {
                runs.push((Span::new(gap.start, span.start), None));
                runs.push((span.and(gap), Some(wrong)));
                gap.start = span.end.min(gap.end);
            }
            runs.push((gap, None));
        }
        runs.retain(|(span, _)| !span.is_empty());
        runs
    }

    /// The beginning of a piece next to `at` that a run may be cut at, if there is one in these bounds.
    pub(super) fn seam(&self, at: u64, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let after = at.checked_next_multiple_of(self.size);
        after.into_iter().chain([at / self.size * self.size]).find(|seam| bounds.contains(seam))
    }

    /// Does a piece that was wrong lie here? Such bytes are not shared among connections.
    pub(super) fn touches_wrong(&self, span: Span) -> bool {
        self.wrong.range(self.pieces(span)).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> PieceMap {
        PieceMap::new(25, 10, vec![false, true, false])
    }

    #[test]
    fn what_is_proven_is_never_asked_for() {
        let mut map = map();
        assert_eq!((map.received(), map.news(map.whole())), (10, vec![Span::new(0, 10), Span::new(20, 25)]));
        assert_eq!(map.arrived(Span::new(0, 4), 0), (4, vec![]));
        assert_eq!(map.news(Span::new(0, 25)), [Span::new(4, 10), Span::new(20, 25)]);
        assert_eq!(map.arrived(Span::new(0, 25), 0), (11, vec![0, 2]), "a stream from the beginning");
        map.proven(0);
        assert!(!map.is_complete());
        map.proven(2);
        assert!(map.is_complete() && !map.ever_wrong());
    }

    #[test]
    fn a_wrong_piece_is_charged_to_whoever_brought_all_of_it() {
        let mut map = map();
        let _ = map.arrived(Span::new(0, 10), 3);
        assert_eq!(map.refuted(0), Some(3));
        assert_eq!((map.received(), map.is_wrong(), map.ever_wrong()), (10, true, true));
        assert_eq!(map.runs(&[]), [(Span::new(0, 10), Some(Wrong::From(3))), (Span::new(20, 25), None)]);
        let _ = map.arrived(Span::new(0, 4), 1);
        assert_eq!(map.runs(&[])[0], (Span::new(4, 10), Some(Wrong::From(3))));
        let _ = map.arrived(Span::new(4, 10), 2);
        assert_eq!(map.refuted(0), None, "two brought it");
        assert_eq!(map.runs(&[Span::new(20, 25)]), [(Span::new(0, 10), Some(Wrong::Mixed))]);
        assert_eq!(map.arrived(Span::new(0, 10), 1).1, [0]);
        map.proven(0);
        assert!(!map.is_wrong() && map.ever_wrong());
    }

    #[test]
    fn of_a_source_that_is_not_believed_only_whole_pieces_stay() {
        let mut map = PieceMap::new(50, 10, vec![false; 5]);
        assert_eq!(map.arrived(Span::new(0, 14), 0).1, [0], "waits for its hash");
        let _ = map.arrived(Span::new(20, 24), 1);
        let _ = map.arrived(Span::new(24, 26), 0);
        let _ = map.arrived(Span::new(30, 36), 1);
        map.forget(0);
        assert_eq!(map.received(), 10 + 6, "nobody knows which bytes of a shared piece are right");
        let runs: Vec<Span> = map.runs(&[]).into_iter().map(|(span, _)| span).collect();
        assert_eq!(runs, [Span::new(10, 30), Span::new(36, 50)]);
        assert_eq!(map.arrived(Span::new(10, 30), 1).1, [1, 2]);
        assert_eq!(map.refuted(1), Some(1), "all of it is the other's now");
        assert_eq!(map.refuted(0), Some(0));
    }

    #[test]
    fn a_run_is_cut_where_a_piece_begins_if_one_does() {
        let map = PieceMap::new(50, 10, vec![false; 5]);
        for (at, bounds, seam) in
            [(24, 5..=45, Some(30)), (44, 5..=45, Some(40)), (24, 21..=29, None), (30, 5..=45, Some(30))]
        {
            assert_eq!(map.seam(at, bounds.clone()), seam, "{at} in {bounds:?}");
        }
    }

    #[test]
    fn wrong_pieces_are_runs_of_their_own() {
        let mut map = PieceMap::new(40, 10, vec![false; 4]);
        let _ = map.arrived(Span::new(10, 20), 0);
        assert_eq!(map.refuted(1), Some(0));
        let wrong = Some(Wrong::From(0));
        assert_eq!(
            map.runs(&[Span::new(33, 40)]),
            [(Span::new(0, 10), None), (Span::new(10, 20), wrong), (Span::new(20, 33), None)]
        );
        assert!(map.touches_wrong(Span::new(15, 16)) && !map.touches_wrong(Span::new(20, 40)));
    }
}
