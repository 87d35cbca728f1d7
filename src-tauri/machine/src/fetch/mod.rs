//! A package from the mirrors into one `.part` file: several connections on a slow line, resumed, cancelled, watched.
//!
//! | part | story |
//! | --- | --- |
//! | `part` | the file: right pieces and holes |
//! | `spans`, `piece_map` | which bytes are here, which pieces are proven, who brought a wrong one |
//! | `plan`, `sources`, `ramp` | what to ask whom for now, whom to ask at all, how many connections. Pure, tested as tables |
//! | `pace` | every time and number that these use |
//! | `lane` | one request as a task |
//! | `meter` | rate, progress, cap |
//!
//! Design: TRUST.md 5.4.

mod lane;
mod meter;
mod pace;
mod part;
mod piece_map;
mod plan;
mod ramp;
mod sources;
mod spans;

pub use pace::Pace;
pub use spans::Span;

use crate::mirror::Mirror;
use crate::package::Fetched;
use crate::transport::{FolderTransport, HttpTransport, Transport};
use helper_core::input::Failure;
use helper_core::release::Release;
use lane::{Note, Request};
use meter::{Meter, Throttle};
use part::Part;
use piece_map::PieceMap;
use plan::{Lane, Order, Outlook, Plan};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};

/// So many chunks may wait to be written: enough to keep both sides busy, and at most about 4 MB.
const WAITING_CHUNKS: usize = 16;

/// A package that could not be fetched.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// What it means.
    pub failure: Failure,
    message: String,
}

impl FetchError {
    fn new(failure: Failure, message: impl Into<String>) -> Self {
        Self { failure, message: message.into() }
    }

    fn cancelled() -> Self {
        Self::new(Failure::Cancelled, "cancelled")
    }
}

/// How far a fetch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// Bytes that are here. Never less than told before.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
    /// Bytes a second over the last seconds; 0 when not known yet.
    pub rate: u64,
}

/// The switch that stops a fetch; it stops when the switch is set or dropped.
#[derive(Debug)]
pub struct Cancel(watch::Sender<bool>);

/// The fetch's side of the switch.
#[derive(Clone, Debug)]
pub struct Cancelled(watch::Receiver<bool>);

impl Cancel {
    /// A switch and its other side.
    pub fn new() -> (Self, Cancelled) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Cancelled(receiver))
    }

    /// Stops the fetch. What is on disk stays there for the next time.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl Cancelled {
    /// Waits until nobody wants it any more.
    pub(crate) async fn wait(&mut self) {
        // An error means that the switch is gone: nobody wants the package any more.
        let _ = self.0.wait_for(|cancelled| *cancelled).await;
    }

    fn is_set(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

/// Fetches a release into `folder` and returns the file, not verified as a whole yet. The mirrors are asked in their order;
/// the vendor's own source, if the release names one, after all of them and only after outages (SPEC A11).
///
/// `tell` hears at most four times a second how far it is.
///
/// # Errors
/// [`FetchError`] with the class; `.part` stays for the next try.
pub async fn fetch(
    client: &reqwest::Client,
    mirrors: &[Mirror],
    release: &Release,
    folder: &Path,
    pace: &Pace,
    mut cancelled: Cancelled,
    tell: &mut (dyn FnMut(Bytes) + Send),
) -> Result<Fetched, FetchError> {
    let mut part = Part::open(folder, release)?;
    let good = part.good_pieces(&cancelled).await?;
    let map = PieceMap::new(release.length, release.custom.pieces.size.into(), good);
    part.require_room(folder, release.length - map.received())?;

    let mut transports: Vec<Arc<dyn Transport>> =
        mirrors.iter().map(|mirror| transport_of(client, mirror, release)).collect();
    let origin = origin_of(client, release);
    let plan = Plan::new(pace, map, mirrors.len(), origin.is_some(), release.custom.connections);
    transports.extend(origin);
    let mut run = Run { part: &mut part, plan, throttle: Throttle::new(pace.cap), pace, transports };
    run.go(&mut cancelled, tell).await?;
    part.finish()
}

/// One fetch while it runs.
struct Run<'a> {
    part: &'a mut Part,
    plan: Plan,
    throttle: Throttle,
    pace: &'a Pace,
    transports: Vec<Arc<dyn Transport>>,
}

impl Run<'_> {
    async fn go(&mut self, cancelled: &mut Cancelled, tell: &mut (dyn FnMut(Bytes) + Send)) -> Result<(), FetchError> {
        let began = Instant::now();
        let mut meter = Meter::new(self.plan.map().received(), self.plan.map().length());
        let (sender, mut notes) = mpsc::channel(WAITING_CHUNKS);
        // Its end ends every request.
        let mut tasks = JoinSet::new();
        let mut lanes: HashMap<Lane, AbortHandle> = HashMap::new();
        tell(meter.bytes(began.elapsed(), self.plan.map().received()));
        loop {
            let now = began.elapsed();
            let (orders, outlook) = self.plan.orders(now);
            for order in orders {
                match order {
                    Order::Open { lane, source, span } => {
                        let Some(transport) = self.transports.get(source).cloned() else { continue };
                        tracing::debug!(lane, ?transport, start = span.start, end = span.end, "asking");
                        let (length, silence) = (self.plan.map().length(), self.pace.silence);
                        let request = Request { lane, span, length, silence };
                        lanes.insert(lane, tasks.spawn(lane::bring(transport, request, sender.clone())));
                    }
                    Order::Close(lane) => drop(lanes.remove(&lane).inspect(AbortHandle::abort)),
                }
            }
            let done = self.plan.map().received();
            let until = match outlook {
                Outlook::Until(moment) => moment,
                Outlook::Complete => {
                    tell(meter.bytes(now, done));
                    return Ok(());
                }
                Outlook::Over(failure, words) => return Err(FetchError::new(failure, words)),
            };
            meter.due(now, done).into_iter().for_each(&mut *tell);
            let free_at = self.throttle.free_at();
            let wake = until.min(meter.wake_at());
            let wake = if free_at > now { wake.min(free_at) } else { wake };
            tokio::select! {
                biased;
                () = cancelled.wait() => return Err(FetchError::cancelled()),
                note = notes.recv(), if free_at <= now => match note {
                    Some(Note::Answered(lane, from)) => self.plan.answered(lane, from),
                    Some(Note::Came(lane, chunk)) => {
                        for piece in self.take(lane, &chunk, began)? {
                            let (judge, sender) = (self.part.judge(), sender.clone());
                            tasks.spawn(async move {
                                let judged = tokio::task::spawn_blocking(move || judge.is_right(piece)).await;
                                // A thread that panicked has not found it right.
                                let _ = sender.send(Note::Judged(piece, judged.unwrap_or(Ok(false)))).await;
                            });
                        }
                    }
                    Some(Note::Judged(piece, right)) => {
                        let right = right?;
                        if !right {
                            tracing::warn!(piece, "a piece is not what was signed");
                        }
                        self.plan.judged(piece, right);
                        self.part.save_ahead();
                    }
                    Some(Note::Ended(lane, ended)) => {
                        lanes.remove(&lane);
                        if let Err(error) = ended {
                            tracing::warn!(lane, failure = ?error.failure, %error, done, "request ended");
                            let words = error.to_string();
                            self.plan.failed(lane, error.failure, error.retry, &words, began.elapsed());
                        }
                    }
                    // The loop itself holds a sender.
                    None => {}
                },
                () = tokio::time::sleep_until((began + wake).into()) => {}
            }
            // Ended tasks are forgotten; what they had to say came through the channel.
            while tasks.try_join_next().is_some() {}
        }
    }

    /// Writes what came and returns the pieces that are complete by it.
    fn take(&mut self, lane: Lane, chunk: &[u8], began: Instant) -> Result<Vec<usize>, FetchError> {
        self.throttle.took(began.elapsed(), chunk.len() as u64);
        let Some(wanted) = self.plan.wanted(lane) else { return Ok(Vec::new()) };
        let count = wanted.len().min(chunk.len() as u64);
        let missing = self.plan.map().length() - self.plan.map().received();
        for news in self.plan.map().news(Span::new(wanted.start, wanted.start + count)) {
            let from = usize::try_from(news.start - wanted.start).unwrap_or(usize::MAX);
            let to = usize::try_from(news.end - wanted.start).unwrap_or(usize::MAX);
            self.part.write(news.start, chunk.get(from..to).unwrap_or_default(), missing)?;
        }
        Ok(self.plan.arrived(lane, count, began.elapsed()))
    }
}

fn transport_of(client: &reqwest::Client, mirror: &Mirror, release: &Release) -> Arc<dyn Transport> {
    match mirror {
        Mirror::Http(address) => Arc::new(HttpTransport::new(client.clone(), address_of(address, release))),
        Mirror::Folder(folder) => Arc::new(FolderTransport::new(folder, &release.consistent_name())),
    }
}

/// The vendor's own source, if there is one and it is asked over TLS: it is the one server that is not ours.
fn origin_of(client: &reqwest::Client, release: &Release) -> Option<Arc<dyn Transport>> {
    let url = &release.custom.vendor.as_ref()?.url;
    if !url.starts_with("https://") {
        tracing::warn!(%url, "the vendor's source is left out: it is no https address");
        return None;
    }
    Some(Arc::new(HttpTransport::new(client.clone(), url.clone())))
}

/// `<mirror>/targets/<consistent name>`.
fn address_of(mirror: &str, release: &Release) -> String {
    format!("{}/targets/{}", mirror.trim_end_matches('/'), release.quoted_name())
}
