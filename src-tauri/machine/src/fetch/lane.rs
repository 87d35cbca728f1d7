//! One request, from asking to its last byte, as a task that tells what comes.

use super::FetchError;
use super::plan::Lane;
use super::spans::Span;
use crate::transport::{Retry, Transport, TransportError};
use bytes::Bytes;
use helper_core::input::Failure;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// What a request has to tell.
#[derive(Debug)]
pub(super) enum Note {
    /// It is answered, from this byte on.
    Answered(Lane, u64),
    /// Bytes came.
    Came(Lane, Bytes),
    /// It is over.
    Ended(Lane, Result<(), TransportError>),
    /// A piece was hashed: is it the signed one?
    Judged(usize, Result<bool, FetchError>),
}

/// One request for bytes of a file.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) lane: Lane,
    pub(super) span: Span,
    /// Bytes of the file.
    pub(super) length: u64,
    /// How long nothing may come.
    pub(super) silence: Duration,
}

/// Brings what was asked for. The channel is short: while nobody takes from it, the network is not read either.
pub(super) async fn bring(transport: Arc<dyn Transport>, request: Request, notes: mpsc::Sender<Note>) {
    let ended = stream(&*transport, &request, &notes).await;
    // Without a listener the fetch is over.
    let _ = notes.send(Note::Ended(request.lane, ended)).await;
}

async fn stream(
    transport: &dyn Transport,
    request: &Request,
    notes: &mpsc::Sender<Note>,
) -> Result<(), TransportError> {
    let Request { lane, span, length, silence } = *request;
    let silent = |_| TransportError::new(Failure::Unreachable, Retry::BackOff, "nothing arrives any more");
    let mut answer = tokio::time::timeout(silence, transport.open(span, length)).await.map_err(silent)??;
    let _ = notes.send(Note::Answered(lane, answer.from)).await;
    let mut left = if answer.from == span.start { span.len() } else { length };
    while left > 0 {
        let chunk = tokio::time::timeout(silence, answer.body.chunk()).await.map_err(silent)??;
        let Some(chunk) = chunk else {
            return Err(TransportError::new(Failure::Unreachable, Retry::BackOff, "the answer ended early"));
        };
        left = left.saturating_sub(chunk.len() as u64);
        let _ = notes.send(Note::Came(lane, chunk)).await;
    }
    Ok(())
}
