//! What the publisher offers, from the mirrors.

use super::{Known, lock};
use helper_core::input::Failure;
use helper_core::release::Release;
use helper_machine::transport::{self, TransportError};
use helper_machine::{clock, mirror, proxy};

/// Asks the mirrors, and returns what is signed there.
pub(super) fn refresh(known: &Known) -> Result<Vec<Release>, Failure> {
    let class = |error: TransportError| {
        tracing::warn!(%error, "no HTTP client");
        error.failure
    };
    let _turn = lock(&known.refreshing);
    let policy = known.policy();
    let client = transport::client(&policy.proxy.value).map_err(class)?;
    let mirrors = mirror::mirrors_of(policy.mirrors.value.iter().map(String::as_str));
    let now = clock::wall().max(known.built);
    let refreshed = transport::block_on(known.repository.refresh_from(&client, &mirrors, now));
    match refreshed.map_err(class)? {
        Ok(catalog) => Ok(catalog),
        Err(error) => {
            let explained = proxy::explained(&policy.proxy.value, &policy.mirrors.value, error.failure);
            Err(transport::block_on(explained).map_err(class)?)
        }
    }
}

/// The mirrors have answered just now.
pub(super) fn note_check(known: &Known) {
    if let Err(error) = known.last_check.write(&clock::wall().as_second()) {
        tracing::warn!(%error, "the check cannot be noted");
    }
}
