//! What to ask whom for, now: the decisions of a fetch. Pure: facts and times are arguments, orders come back.
//!
//! What is still to be asked for is never kept, but worked out each time: the file, less what is here, less what the open
//! requests will bring. So nothing can be forgotten when a connection ends early, is shared or replaced.

use super::pace::{FRUIT, LEAST_SHARE, Pace, REFUSALS, STALLED, connections};
use super::piece_map::{PieceMap, Wrong};
use super::ramp::Ramp;
use super::sources::Sources;
use super::spans::Span;
use crate::transport::Retry;
use helper_core::input::Failure;
use std::collections::BTreeMap;
use std::time::Duration;

/// Names one request of a run; never used twice.
pub(super) type Lane = u64;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Ask a source (by its place in the list) for these bytes.
    Open { lane: Lane, source: usize, span: Span },
    /// Give a request up.
    Close(Lane),
}

/// How it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outlook {
    /// Nothing to decide before then, unless something happens.
    Until(Duration),
    /// All pieces are here and proven.
    Complete,
    /// Nobody is left to be asked, or the time is over.
    Over(Failure, String),
}

/// One open request.
#[derive(Clone, Copy, Debug)]
struct Open {
    source: usize,
    /// The next byte that it brings, and the end of what is wanted of it.
    at: u64,
    end: u64,
    /// The end of what it was asked for; later than `end` when another request took over a part.
    asked: u64,
    opened: Duration,
    first: Option<Duration>,
    last: Duration,
    got: u64,
    new: u64,
    /// It replaces one that stalled, and is not replaced again.
    rescue: bool,
    slow_since: Duration,
    slow_got: u64,
}

impl Open {
    const fn span(&self) -> Span {
        Span::new(self.at, self.end)
    }

    /// Bytes a second since it was opened; at least 1, so that it can divide.
    fn rate(&self, now: Duration) -> u64 {
        let elapsed = u64::try_from(now.saturating_sub(self.opened).as_millis()).unwrap_or(u64::MAX);
        (self.got.saturating_mul(1_000) / elapsed.max(1)).max(1)
    }
}

/// The decisions of one fetch.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pace: Pace,
    map: PieceMap,
    sources: Sources,
    ramp: Ramp,
    open: BTreeMap<Lane, Open>,
    next: Lane,
    at_first: u64,
    came: u64,
    refusals: u32,
    /// Bytes a second of the request that ended well last: what a new one may be expected to bring.
    usual: u64,
    closed: Vec<Lane>,
}

impl Plan {
    /// A plan for what `map` misses, from so many mirrors in their order and the vendor's own source or not, with as many
    /// connections as the release allows.
    pub(super) fn new(pace: &Pace, map: PieceMap, mirrors: usize, origin: bool, signed: Option<u8>) -> Self {
        Self {
            pace: pace.clone(),
            at_first: map.received(),
            map,
            sources: Sources::new(mirrors, origin),
            ramp: Ramp::new(connections(signed), pace.cap),
            open: BTreeMap::new(),
            next: 0,
            came: 0,
            refusals: 0,
            usual: 0,
            closed: Vec::new(),
        }
    }

    /// What is here and what is proven.
    pub(super) const fn map(&self) -> &PieceMap {
        &self.map
    }

    /// A request was answered, beginning with byte `from`. Another one than asked for is the first: the source ignores
    /// ranges and is read as one stream, alone (RFC 9110, 14.2).
    pub(super) fn answered(&mut self, lane: Lane, from: u64) {
        let Some(open) = self.open.get(&lane).copied().filter(|open| open.at != from) else { return };
        self.sources.ignores_ranges(open.source);
        let stream =
            self.open.iter().find(|(other, known)| **other != lane && known.source == open.source && known.got > 0);
        let stays = stream.map_or(lane, |(other, _)| *other);
        self.close_where(|other, _| other != stays);
        if let Some(stream) = self.open.get_mut(&stays) {
            if stays == lane {
                (stream.at, stream.asked) = (0, self.map.length());
            }
            stream.end = stream.asked;
        }
    }

    /// How many more bytes of a request are wanted; none of one that was given up.
    pub(super) fn wanted(&self, lane: Lane) -> Option<Span> {
        self.open.get(&lane).map(Open::span)
    }

    /// A request brought so many bytes, no more than are wanted. Returns the pieces that are to be hashed now.
    pub(super) fn arrived(&mut self, lane: Lane, count: u64, now: Duration) -> Vec<usize> {
        let Some(open) = self.open.get_mut(&lane) else { return Vec::new() };
        let span = Span::new(open.at, (open.at + count).min(open.end));
        let (new, due) = self.map.arrived(span, open.source);
        let is_first = open.first.is_none();
        (open.at, open.last, open.got, open.new) = (span.end, now, open.got + span.len(), open.new + new);
        open.first = open.first.or(Some(now));
        self.came += new;
        let (source, done, cut) = (open.source, open.at == open.end, open.end < open.asked);
        if is_first {
            // The race is won: nobody else is to bring the same bytes.
            self.sources.prefer(source);
            self.close_where(|other, rival| {
                other != lane && rival.first.is_none() && rival.source != source && !rival.span().and(span).is_empty()
            });
        }
        if done {
            self.usual = self.open.remove(&lane).map_or(self.usual, |open| open.rate(now));
            if cut {
                self.closed.push(lane);
            }
        }
        due
    }

    /// A piece was hashed.
    pub(super) fn judged(&mut self, piece: usize, right: bool) {
        if right {
            return self.map.proven(piece);
        }
        if let Some(source) = self.map.refuted(piece)
            && self.sources.brought_a_bad_piece(source)
        {
            self.close_where(|_, open| open.source == source);
            self.map.forget(source);
        }
    }

    /// A request ended before it had brought everything.
    pub(super) fn failed(&mut self, lane: Lane, failure: Failure, retry: Retry, words: &str, now: Duration) {
        let Some(open) = self.open.remove(&lane) else { return };
        let others = self.open.values().filter(|other| other.source == open.source && other.got > 0).count();
        if open.first.is_none() && others > 0 {
            // The source delivers, and perhaps bears no more connections than these.
            self.refusals += 1;
            if self.refusals >= REFUSALS || !matches!(retry, Retry::BackOff) {
                self.ramp.no_more_than(others);
            }
            return;
        }
        let transient = matches!(retry, Retry::BackOff | Retry::Once);
        if open.new >= FRUIT && transient {
            self.sources.bore_fruit(open.source);
        } else if others == 0 || !transient {
            self.sources.failed(open.source, failure, retry, words, now, &self.pace);
        }
    }

    /// What is to be done now, and how it goes on.
    pub(super) fn orders(&mut self, now: Duration) -> (Vec<Order>, Outlook) {
        let mut orders = Vec::new();
        let outlook = self.decide(now, &mut orders);
        let closed: Vec<Lane> = std::mem::take(&mut self.closed);
        orders.extend(closed.into_iter().map(Order::Close));
        (orders, outlook)
    }

    fn decide(&mut self, now: Duration, orders: &mut Vec<Order>) -> Outlook {
        if self.map.is_complete() {
            self.close_where(|_, _| true);
            return Outlook::Complete;
        }
        let limit = self.pace.limit(self.map.length() - self.at_first);
        if now >= limit {
            return Outlook::Over(Failure::Unreachable, format!("not done after {} s", now.as_secs()));
        }
        self.give_up_the_slow(now);
        self.ramp.look(now, self.came, self.map.length() - self.map.received());
        self.race(now, orders);
        while self.open.len() < self.allowed() && self.open_one(now, orders) {}
        let awaited = !self.open.is_empty() || self.map.awaits_judgement();
        if awaited || self.sources.next_ready(now, &self.pace).is_some() {
            return Outlook::Until(self.wake_at(now, limit));
        }
        if !self.map.ever_wrong() && self.sources.wake_origin() {
            return self.decide(now, orders);
        }
        // Another file at the vendor's is no alarm: the vendor replaces files at will.
        if self.map.is_wrong() && !self.sources.origin_was_asked() {
            return Outlook::Over(Failure::Untrusted, "a piece is not what was signed".to_owned());
        }
        let (failure, words) = self.sources.gravest(now);
        Outlook::Over(failure, words)
    }

    fn allowed(&self) -> usize {
        let stream = self.open.values().any(|open| !self.sources.has_ranges(open.source));
        if stream { 1 } else { self.ramp.allowed() }
    }

    fn close_where(&mut self, which: impl Fn(Lane, &Open) -> bool) {
        let closed: Vec<Lane> =
            self.open.iter().filter(|(lane, open)| which(**lane, open)).map(|(lane, _)| *lane).collect();
        for lane in closed {
            self.open.remove(&lane);
            self.closed.push(lane);
        }
    }

    fn add(&mut self, source: usize, span: Span, rescue: bool, now: Duration, orders: &mut Vec<Order>) {
        let lane = self.next;
        self.next += 1;
        let open = Open {
            source,
            at: span.start,
            end: span.end,
            asked: span.end,
            opened: now,
            first: None,
            last: now,
            got: 0,
            new: 0,
            rescue,
            slow_since: now,
            slow_got: 0,
        };
        self.open.insert(lane, open);
        orders.push(Order::Open { lane, source, span });
    }

    /// Opens one more request if there is something to ask for and somebody to ask.
    fn open_one(&mut self, now: Duration, orders: &mut Vec<Order>) -> bool {
        let taken: Vec<Span> = self.open.values().map(Open::span).collect();
        for (span, wrong) in self.map.runs(&taken) {
            let avoided = match wrong {
                Some(Wrong::From(source)) => Some(source),
                Some(Wrong::Mixed) | None => None,
            };
            let Some(source) = self.sources.choose(now, avoided, &self.pace) else { continue };
            if self.sources.has_ranges(source) {
                self.add(source, span, false, now, orders);
                return true;
            }
            if self.open.is_empty() {
                self.add(source, self.map.whole(), false, now, orders);
                return true;
            }
        }
        self.share(now, orders) || self.replace_stalled(now, orders)
    }

    /// Takes over a part of the run that would be the last to end.
    fn share(&mut self, now: Duration, orders: &mut Vec<Order>) -> bool {
        let Some(source) = self.sources.choose(now, None, &self.pace).filter(|source| self.sources.has_ranges(*source))
        else {
            return false;
        };
        let rates: Vec<u64> =
            self.open.values().filter(|open| open.first.is_some()).map(|open| open.rate(now)).collect();
        let usual = (rates.iter().sum::<u64>() / rates.len().max(1) as u64).max(self.usual).max(1);
        // Next to the usual it hardly moves: what it has left is better asked for anew.
        let crawls = |open: &Open| {
            let (left, rate) = (open.span().len(), open.rate(now));
            !open.rescue && left / rate >= STALLED.as_secs() && keeps(left, rate, usual) < LEAST_SHARE
        };
        let shareable = |open: &Open| {
            let large = open.span().len() >= 2 * LEAST_SHARE;
            open.first.is_some() && (large || crawls(open)) && !self.map.touches_wrong(open.span())
        };
        let candidates = self.open.iter().filter(|(_, open)| shareable(open)).map(|(lane, open)| (*lane, *open));
        let Some((lane, open)) = candidates.max_by_key(|(_, open)| open.span().len() / open.rate(now)) else {
            return false;
        };
        if crawls(&open) {
            self.close_where(|other, _| other == lane);
            self.add(source, open.span(), true, now, orders);
            return true;
        }
        let left = open.span().len();
        let cut = open.at + keeps(left, open.rate(now), usual).clamp(LEAST_SHARE, left - LEAST_SHARE);
        // A piece of two sources has nobody to blame if it is wrong.
        let seam = self.map.seam(cut, open.at + LEAST_SHARE..=open.end - LEAST_SHARE);
        let cut = seam.filter(|_| source != open.source).unwrap_or(cut);
        if let Some(open) = self.open.get_mut(&lane) {
            open.end = cut;
        }
        self.add(source, Span::new(cut, open.end), false, now, orders);
        true
    }

    /// Asks again for what a connection owes that has fallen silent.
    fn replace_stalled(&mut self, now: Duration, orders: &mut Vec<Order>) -> bool {
        let stalled = |open: &Open| open.first.is_some() && !open.rescue && now >= open.last + STALLED;
        let Some((lane, open)) = self.open.iter().find(|(_, open)| stalled(open)).map(|(lane, open)| (*lane, *open))
        else {
            return false;
        };
        let Some(source) = self.sources.choose(now, None, &self.pace).filter(|source| self.sources.has_ranges(*source))
        else {
            return false;
        };
        self.close_where(|other, _| other == lane);
        self.add(source, open.span(), true, now, orders);
        true
    }

    /// Before anything has come at all: the next source is asked as well when the head start of the last one is over.
    fn race(&mut self, now: Duration, orders: &mut Vec<Order>) {
        let Some(asked) = self.racing() else { return };
        let Some(last) = self.open.values().map(|open| open.opened).max() else { return };
        let Some(span) = self.open.values().map(Open::span).next() else { return };
        if now < last + self.pace.head_start {
            return;
        }
        if let Some(rival) = self.sources.rival(now, &asked) {
            self.add(rival, span, false, now, orders);
        }
    }

    /// The sources that are asked for the first byte; `None` when there is one already.
    fn racing(&self) -> Option<Vec<usize>> {
        let waits = self.came == 0 && !self.open.is_empty() && self.open.values().all(|open| open.first.is_none());
        waits.then(|| self.open.values().map(|open| open.source).collect())
    }

    fn give_up_the_slow(&mut self, now: Duration) {
        // On a thin line the connections share what there is.
        let least =
            self.pace.slow_rate.saturating_mul(self.pace.slow_for.as_secs().max(1)) / self.open.len().max(1) as u64;
        let mut slow = Vec::new();
        for (lane, open) in &mut self.open {
            if now < open.slow_since + self.pace.slow_for {
                continue;
            }
            if open.got - open.slow_got < least {
                slow.push((*lane, open.source));
            }
            (open.slow_since, open.slow_got) = (now, open.got);
        }
        for (lane, source) in slow {
            self.close_where(|other, _| other == lane);
            let words = format!("less than {} bytes a second", self.pace.slow_rate);
            self.sources.failed(source, Failure::Unreachable, Retry::BackOff, &words, now, &self.pace);
        }
    }

    fn wake_at(&self, now: Duration, limit: Duration) -> Duration {
        let race = self.racing().and_then(|_| self.open.values().map(|open| open.opened + self.pace.head_start).max());
        let lanes = self.open.values().flat_map(|open| [open.last + STALLED, open.slow_since + self.pace.slow_for]);
        let ready = self.sources.next_return(now);
        let moments = lanes.chain(race).chain(ready).chain(self.ramp.next_look()).filter(|moment| *moment > now);
        moments.min().unwrap_or(limit).min(limit)
    }
}

/// How much of what is left a request keeps that is shared with one of the usual rate, so that both end together.
fn keeps(left: u64, rate: u64, usual: u64) -> u64 {
    let all = u128::from(rate) + u128::from(usual);
    u64::try_from(u128::from(left) * u128::from(rate) / all.max(1)).unwrap_or(left)
}

#[cfg(test)]
mod tests;
