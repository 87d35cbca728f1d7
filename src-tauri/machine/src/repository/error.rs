//! What it means when the catalog cannot be had.

use crate::transport::TransportError;
use helper_core::input::Failure;
use sigstore_tuf::Error;
use std::error::Error as _;
use std::io;

/// A catalog that could not be had.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct RefreshError {
    /// What it means.
    pub failure: Failure,
    message: String,
}

impl RefreshError {
    pub(super) fn new(failure: Failure, message: impl Into<String>) -> Self {
        Self { failure, message: message.into() }
    }

    /// The same error with the class that the mirrors' clock gives it.
    pub(super) fn explained(mut self, failure: Failure) -> Self {
        self.failure = failure;
        self
    }
}

impl From<Error> for RefreshError {
    /// Sorts what the TUF client said.
    fn from(error: Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        let mut transport = None;
        while let Some(inner) = cause {
            message.push_str(": ");
            message.push_str(&inner.to_string());
            transport = transport.or_else(|| inner.downcast_ref::<TransportError>().map(|error| error.failure));
            cause = inner.source();
        }
        let failure = match (transport, &error) {
            (Some(failure), _) => failure,
            // Without a cause of ours: the mirror has no such file.
            (None, Error::Transport { .. }) => Failure::NotFound,
            (None, Error::Expired { .. }) => Failure::Expired,
            // What is accepted cannot be kept, or what was kept not be read: without it there is no floor.
            (None, Error::Io { source, .. }) => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::DiskFull(0),
                _ => Failure::NotWritable,
            },
            (None, _) => Failure::Untrusted,
        };
        Self { failure, message }
    }
}

/// Which of two failures is worth more words: an alarm before an obstacle before an outage.
pub(crate) const fn gravity(failure: Failure) -> u8 {
    match failure {
        // Another mirror does not mend this PC's disk.
        Failure::DiskFull(_) | Failure::NotWritable => 6,
        Failure::Untrusted => 5,
        Failure::Expired | Failure::WrongClock => 4,
        Failure::SignInPage | Failure::ProxySignIn | Failure::Blocked | Failure::TlsRefused => 3,
        Failure::ServerFault | Failure::Busy(_) | Failure::NotFound => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Retry;

    #[test]
    fn an_alarm_outweighs_an_outage() {
        assert!(gravity(Failure::Untrusted) > gravity(Failure::Unreachable));
        assert!(gravity(Failure::Blocked) > gravity(Failure::ServerFault));
        let sort = RefreshError::from;
        assert_eq!(sort(Error::Malformed("x".into())).failure, Failure::Untrusted);
        assert_eq!(sort(Error::transport("timestamp.json not found")).failure, Failure::NotFound);
        let ours = TransportError::new(Failure::ProxySignIn, Retry::Never, "407");
        assert_eq!(sort(Error::transport_with_source("x", ours)).failure, Failure::ProxySignIn);
        let full = Error::io("timestamp.json", io::ErrorKind::StorageFull.into());
        assert_eq!(sort(full).failure, Failure::DiskFull(0));
    }
}
