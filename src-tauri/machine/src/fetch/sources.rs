//! Which mirror may be asked now, which is to be waited for and which is given up. Pure: `now` counts from the beginning of
//! the fetch.

use super::pace::{BAD_PIECES, LONGEST_BUSY, Pace};
use crate::repository::gravity;
use crate::transport::Retry;
use helper_core::input::Failure;
use std::time::Duration;

/// What became of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    /// Not before then.
    Waiting(Duration),
    /// Not any more in this run.
    Out,
}

#[derive(Clone, Debug)]
struct Source {
    state: State,
    fruitless: usize,
    nonsense: bool,
    bad_pieces: u32,
    ranges: bool,
    last: Option<(Failure, String)>,
}

/// The mirrors in their order, and after them the vendor's own source if there is one.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    all: Vec<Source>,
    /// The last one is the vendor's: asleep until all mirrors were out of reach.
    origin: Option<usize>,
    preferred: Option<usize>,
}

impl Sources {
    /// So many mirrors, and the vendor's own source behind them or not.
    pub(super) fn new(mirrors: usize, origin: bool) -> Self {
        let ready =
            Source { state: State::Ready, fruitless: 0, nonsense: false, bad_pieces: 0, ranges: true, last: None };
        let mut all = vec![ready.clone(); mirrors];
        if origin {
            all.push(Source { state: State::Out, ..ready });
        }
        Self { all, origin: origin.then_some(mirrors), preferred: None }
    }

    /// Bytes come from this one: it is asked first from now on.
    pub(super) const fn prefer(&mut self, source: usize) {
        self.preferred = Some(source);
    }

    /// Those that may be asked now, the best first.
    fn ready(&self, now: Duration) -> impl Iterator<Item = usize> + '_ {
        let is_ready = move |source: &usize| match self.all.get(*source).map(|source| source.state) {
            Some(State::Ready) => true,
            Some(State::Waiting(until)) => until <= now,
            _ => false,
        };
        let others = (0..self.all.len()).filter(|source| Some(*source) != self.preferred);
        self.preferred.into_iter().chain(others).filter(is_ready)
    }

    /// The source to be asked now, another than `avoided` if there is or will soon be one.
    pub(super) fn choose(&self, now: Duration, avoided: Option<usize>, pace: &Pace) -> Option<usize> {
        let Some(avoided) = avoided else { return self.ready(now).next() };
        if let Some(other) = self.ready(now).find(|source| *source != avoided) {
            return Some(other);
        }
        let another_will_be = self.all.iter().enumerate().any(|(index, source)| {
            index != avoided && matches!(source.state, State::Waiting(until) if until <= now + pace.patience())
        });
        self.ready(now).next().filter(|_| !another_will_be)
    }

    /// The next one to be raced against those that are asked already.
    pub(super) fn rival(&self, now: Duration, asked: &[usize]) -> Option<usize> {
        self.ready(now).find(|source| !asked.contains(source))
    }

    /// Does it answer ranges, as far as is known?
    pub(super) fn has_ranges(&self, source: usize) -> bool {
        self.all.get(source).is_none_or(|source| source.ranges)
    }

    /// It answered a range with the whole file.
    pub(super) fn ignores_ranges(&mut self, source: usize) {
        if let Some(source) = self.all.get_mut(source) {
            source.ranges = false;
        }
    }

    /// An interruption after a good deal of bytes: it may be asked again at once.
    pub(super) fn bore_fruit(&mut self, source: usize) {
        if let Some(source) = self.all.get_mut(source) {
            (source.fruitless, source.state) = (0, State::Ready);
        }
    }

    /// A request to it failed and brought nothing worth mentioning.
    pub(super) fn failed(
        &mut self,
        source: usize,
        failure: Failure,
        retry: Retry,
        words: &str,
        now: Duration,
        pace: &Pace,
    ) {
        let Some(source) = self.all.get_mut(source).filter(|source| source.state != State::Out) else { return };
        // Several connections may end with the same outage: it counts once.
        if matches!(source.state, State::Waiting(until) if until > now) {
            return;
        }
        source.last = Some((failure, words.to_owned()));
        let pause = pace.back_off.get(source.fruitless).copied();
        source.fruitless += 1;
        source.state = match (retry, pause) {
            (Retry::Never, _) => State::Out,
            (Retry::Once, _) if source.nonsense => State::Out,
            (Retry::After(seconds), pause) => {
                let wish = Duration::from_secs(u64::from(seconds.min(LONGEST_BUSY)));
                // A wish for a moment's patience that is repeated for ever is a refusal.
                if pause.is_none() && wish <= pace.patience() { State::Out } else { State::Waiting(now + wish) }
            }
            (Retry::Once | Retry::BackOff, Some(pause)) => State::Waiting(now + pause),
            (Retry::Once | Retry::BackOff, None) => State::Out,
        };
        source.nonsense |= retry == Retry::Once;
    }

    /// A piece that came from it was wrong. True when that is one too many.
    pub(super) fn brought_a_bad_piece(&mut self, index: usize) -> bool {
        let most = if self.origin == Some(index) { 1 } else { BAD_PIECES };
        let Some(source) = self.all.get_mut(index) else { return false };
        source.bad_pieces += 1;
        if source.bad_pieces < most {
            return false;
        }
        source.state = State::Out;
        source.last = Some((Failure::Untrusted, "pieces are not what was signed".to_owned()));
        true
    }

    /// When the next one may be asked that is worth waiting for.
    pub(super) fn next_ready(&self, now: Duration, pace: &Pace) -> Option<Duration> {
        let until = self.all.iter().filter_map(|source| match source.state {
            State::Ready => Some(now),
            State::Waiting(until) if until <= now + pace.patience() => Some(until.max(now)),
            _ => None,
        });
        until.min()
    }

    /// When the next one is ready that is not yet.
    pub(super) fn next_return(&self, now: Duration) -> Option<Duration> {
        let until = self.all.iter().filter_map(|source| match source.state {
            State::Waiting(until) if until > now => Some(until),
            _ => None,
        });
        until.min()
    }

    /// Wakes the vendor's own source, once, when every mirror was out of reach and nothing but that (TRUST.md 2.7).
    pub(super) fn wake_origin(&mut self) -> bool {
        let Some(origin) = self.origin else { return false };
        let outages =
            self.all.iter().take(origin).all(|source| source.last.as_ref().is_some_and(|(f, _)| is_outage(*f)));
        match self.all.get_mut(origin) {
            Some(source) if outages && source.last.is_none() => {
                source.state = State::Ready;
                source.last = Some((Failure::Unreachable, "asked".to_owned()));
                true
            }
            _ => false,
        }
    }

    /// Was the vendor's own source woken?
    pub(super) fn origin_was_asked(&self) -> bool {
        self.origin.and_then(|origin| self.all.get(origin)).is_some_and(|source| source.last.is_some())
    }

    /// The gravest last word of the mirrors, of equals the later one. What the vendor's own source said is no news: it was
    /// only asked because they were silent.
    pub(super) fn gravest(&self, now: Duration) -> (Failure, String) {
        let mirrors = self.all.iter().take(self.origin.unwrap_or(self.all.len()));
        let mut gravest = (Failure::Unreachable, "no mirror could be asked".to_owned());
        for source in mirrors {
            let Some((failure, words)) = &source.last else { continue };
            let failure = match (failure, source.state) {
                (Failure::Busy(_), State::Waiting(until)) => Failure::Busy(
                    u32::try_from(until.saturating_sub(now).as_millis().div_ceil(1_000)).unwrap_or(LONGEST_BUSY),
                ),
                (failure, _) => *failure,
            };
            let sooner = match (failure, gravest.0) {
                (Failure::Busy(this), Failure::Busy(other)) => this < other,
                _ => gravity(failure) >= gravity(gravest.0),
            };
            if sooner {
                gravest = (failure, words.clone());
            }
        }
        gravest
    }
}

/// Nothing was wrong but that it could not be had (SPEC A11).
const fn is_outage(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::Offline | Failure::Unreachable | Failure::ServerFault | Failure::Busy(_) | Failure::NotFound
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: Duration = Duration::ZERO;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn fail(sources: &mut Sources, source: usize, failure: Failure, retry: Retry, now: Duration) {
        sources.failed(source, failure, retry, "words", now, &Pace::click());
    }

    #[test]
    fn pauses_are_one_four_and_fifteen_seconds_and_then_it_is_given_up() {
        let pace = Pace::click();
        let mut sources = Sources::new(1, false);
        let mut now = ZERO;
        for pause in [1, 4, 15] {
            fail(&mut sources, 0, Failure::Unreachable, Retry::BackOff, now);
            fail(&mut sources, 0, Failure::Unreachable, Retry::BackOff, now);
            assert_eq!(sources.choose(now, None, &pace), None);
            assert_eq!(
                sources.next_ready(now, &pace),
                Some(now + at(pause)),
                "two connections of one outage count once"
            );
            now += at(pause);
            assert_eq!(sources.choose(now, None, &pace), Some(0));
        }
        fail(&mut sources, 0, Failure::Unreachable, Retry::BackOff, now);
        assert_eq!((sources.next_ready(now, &pace), sources.choose(at(9_999), None, &pace)), (None, None));
    }

    #[test]
    fn every_class_has_its_number_of_tries() {
        for (retry, tries) in
            [(Retry::Never, 1), (Retry::Once, 2), (Retry::BackOff, 4), (Retry::After(2), 4), (Retry::After(16), 1)]
        {
            let (mut sources, pace) = (Sources::new(1, false), Pace::click());
            let (mut now, mut asked) = (ZERO, 0);
            while let Some(ready) = sources.next_ready(now, &pace) {
                now = ready;
                asked += 1;
                fail(&mut sources, 0, Failure::ServerFault, retry, now);
            }
            assert_eq!(asked, tries, "{retry:?}");
        }
    }

    #[test]
    fn fruit_forgives() {
        let (mut sources, pace) = (Sources::new(1, false), Pace::click());
        for round in 0..50 {
            fail(&mut sources, 0, Failure::Unreachable, Retry::BackOff, at(round * 100));
            sources.bore_fruit(0);
            assert_eq!(sources.choose(at(round * 100), None, &pace), Some(0));
        }
    }

    #[test]
    fn a_wish_for_later_is_kept_and_told_while_others_are_asked() {
        let (mut sources, pace) = (Sources::new(2, false), Pace::click());
        fail(&mut sources, 0, Failure::Busy(600), Retry::After(600), ZERO);
        assert_eq!(sources.choose(ZERO, None, &pace), Some(1));
        fail(&mut sources, 1, Failure::Busy(90_000), Retry::After(90_000), at(10));
        assert_eq!(sources.next_ready(at(10), &pace), None, "nobody waits that long here");
        assert_eq!(sources.gravest(at(10)).0, Failure::Busy(590));
        assert_eq!(sources.choose(at(600), None, &pace), Some(0));

        let mut alone = Sources::new(1, false);
        fail(&mut alone, 0, Failure::Busy(1_000_000), Retry::After(1_000_000), ZERO);
        assert_eq!(alone.gravest(ZERO).0, Failure::Busy(86_400));
    }

    #[test]
    fn a_wrong_piece_is_asked_of_another_mirror_if_there_is_one() {
        let (mut sources, pace) = (Sources::new(2, false), Pace::click());
        assert_eq!(sources.choose(ZERO, Some(0), &pace), Some(1));
        fail(&mut sources, 1, Failure::Unreachable, Retry::BackOff, ZERO);
        assert_eq!(sources.choose(ZERO, Some(0), &pace), None, "the other one will be back");
        fail(&mut sources, 1, Failure::NotFound, Retry::Never, at(1));
        assert_eq!(sources.choose(at(1), Some(0), &pace), Some(0), "there is nobody else");
        assert!(!sources.brought_a_bad_piece(0));
        assert!(sources.brought_a_bad_piece(0));
        assert_eq!(sources.choose(at(2), Some(0), &pace), None);
        assert_eq!(sources.gravest(at(2)).0, Failure::Untrusted, "an alarm outweighs what came later");
    }

    #[test]
    fn who_brings_bytes_is_asked_first() {
        let (mut sources, pace) = (Sources::new(3, false), Pace::click());
        assert_eq!(sources.rival(ZERO, &[0]), Some(1));
        sources.prefer(2);
        assert_eq!(sources.choose(ZERO, None, &pace), Some(2));
        fail(&mut sources, 2, Failure::Unreachable, Retry::BackOff, ZERO);
        assert_eq!(sources.choose(ZERO, None, &pace), Some(0));
        assert_eq!(sources.choose(at(1), None, &pace), Some(2));
    }

    #[test]
    fn the_vendor_is_asked_after_outages_only_and_once() {
        for (first, second, asked) in [
            (Failure::Unreachable, Failure::NotFound, true),
            (Failure::Offline, Failure::Busy(3_000), true),
            (Failure::ServerFault, Failure::Unreachable, true),
            (Failure::Unreachable, Failure::Untrusted, false),
            (Failure::SignInPage, Failure::Unreachable, false),
            (Failure::Unreachable, Failure::TlsRefused, false),
            (Failure::Blocked, Failure::ProxySignIn, false),
        ] {
            let (mut sources, pace) = (Sources::new(2, true), Pace::click());
            assert_eq!(sources.rival(ZERO, &[0, 1]), None, "asleep");
            fail(&mut sources, 0, first, Retry::Never, ZERO);
            assert!(!sources.wake_origin(), "one mirror was not even asked");
            fail(&mut sources, 1, second, Retry::Never, ZERO);
            assert_eq!(sources.wake_origin(), asked, "{first:?} {second:?}");
            assert_eq!(sources.choose(ZERO, None, &pace), asked.then_some(2));
            assert!(!sources.wake_origin());
            if asked {
                assert!(sources.brought_a_bad_piece(2), "another file is no alarm and not tried twice");
                assert_ne!(sources.gravest(ZERO).0, Failure::Untrusted);
            }
        }
    }
}
