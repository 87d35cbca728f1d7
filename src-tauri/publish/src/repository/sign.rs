//! Signed metadata as bytes: who signed, whether it is enough, and what the next role says about it.

use crate::Refused;
use crate::keys::{KeyId, PrivateKey, at_once};
use aws_lc_rs::rand::SystemRandom;
use helper_machine::package::hash_piece;
use jiff::{SignedDuration, Timestamp as Moment};
use serde::Serialize;
use std::fmt::Display;
use std::num::NonZeroU64;
use tough::editor::signed::SignedRole;
use tough::schema::{Hashes, KeyHolder, Metafile, Role, RoleType, Root, Signature, Signed};

/// The TUF specification version that the metadata follows.
pub(crate) const SPEC_VERSION: &str = "1.0.0";

/// How long signed metadata stays valid, in days, by role.
fn lifetime(role: RoleType) -> SignedDuration {
    let days = match role {
        RoleType::Root => 730,
        RoleType::Targets | RoleType::DelegatedTargets => 180,
        RoleType::Snapshot => 30,
        // The longest time for which a malicious mirror can hide a revocation.
        RoleType::Timestamp => 7,
    };
    SignedDuration::from_hours(24 * days)
}

/// When metadata signed now expires; whole seconds, which every reader understands.
pub(crate) fn expiry(role: RoleType, now: Moment) -> Result<Moment, Refused> {
    Moment::from_second(now.as_second())
        .and_then(|second| second.checked_add(lifetime(role)))
        .map_err(|_| Refused::input("the clock of this PC is far off; set it first"))
}

/// One signed file, as it is written: what the next role says about it counts these very bytes.
#[derive(Clone, Debug)]
pub(crate) struct Document<T> {
    pub(crate) signed: Signed<T>,
    pub(crate) bytes: Vec<u8>,
}

impl<T: Role + Serialize> Document<T> {
    /// # Errors
    /// [`Refused::Input`] if it cannot be written as JSON.
    pub(crate) fn new(signed: Signed<T>) -> Result<Self, Refused> {
        let mut bytes = serde_json::to_vec_pretty(&signed)
            .map_err(|error| Refused::input(format!("the metadata cannot be written: {error}")))?;
        bytes.push(b'\n');
        Ok(Self { signed, bytes })
    }

    /// Its name in the mirror: all but the timestamp carry their version.
    pub(crate) fn file_name(&self) -> String {
        self.signed.signed.filename(true)
    }

    /// What the next role in the chain says about it (TUF 1.0, 4.4).
    pub(crate) fn describe(&self) -> Metafile {
        Metafile {
            length: Some(self.bytes.len() as u64),
            hashes: Some(Hashes { sha256: hash_piece(&self.bytes).0.to_vec().into(), _extra: Default::default() }),
            version: self.signed.signed.version(),
            _extra: Default::default(),
        }
    }
}

/// One signature by each of these keys that the root allows to sign this role; none if there is no such key.
///
/// # Errors
/// [`Refused::Keys`] if a key cannot be used.
pub(crate) fn signatures<T>(role: &T, root: &Root, keys: &[PrivateKey]) -> Result<Vec<Signature>, Refused>
where
    T: Role + Serialize + Clone,
{
    let failed = |error: &dyn Display| Refused::Keys(format!("{} cannot be signed: {error}", T::TYPE));
    let mut sources = Vec::new();
    for key in keys {
        let id = key.id()?;
        if root.keys.contains_key(&id) && root.roles.get(&T::TYPE).is_some_and(|role| role.keyids.contains(&id)) {
            sources.push(key.source());
        }
    }
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    // tough signs nothing below the threshold, but here the signatures come from several people, one after another.
    let mut alone = root.clone();
    if let Some(role) = alone.roles.get_mut(&T::TYPE) {
        role.threshold = NonZeroU64::MIN;
    }
    let signed = at_once(SignedRole::new(role.clone(), &KeyHolder::Root(alone), &sources, &SystemRandom::new()))
        .map_err(|error| failed(&error))?;
    Ok(signed.signed().signatures.clone())
}

/// Adds signatures by keys that have not signed yet.
pub(crate) fn merge<T>(signed: &mut Signed<T>, signatures: Vec<Signature>) {
    for signature in signatures {
        if !signed.signatures.iter().any(|present| present.keyid == signature.keyid) {
            signed.signatures.push(signature);
        }
    }
}

/// The keys that the root allows to sign this role and whose signatures hold, each once.
pub(crate) fn signers<T: Role + Serialize + Clone>(root: &Root, role: &Signed<T>) -> Vec<KeyId> {
    let mut found: Vec<KeyId> = Vec::new();
    for signature in &role.signatures {
        let mut alone = root.clone();
        let Some(keys) = alone.roles.get_mut(&T::TYPE) else { continue };
        keys.keyids.retain(|id| *id == signature.keyid);
        keys.threshold = NonZeroU64::MIN;
        let single = Signed { signed: role.signed.clone(), signatures: vec![signature.clone()] };
        if alone.verify_role(&single).is_ok() && !found.contains(&signature.keyid) {
            found.push(signature.keyid.clone());
        }
    }
    found
}

/// How many keys must sign a role.
pub(crate) fn threshold(root: &Root, role: RoleType) -> usize {
    root.roles.get(&role).map_or(usize::MAX, |keys| usize::try_from(keys.threshold.get()).unwrap_or(usize::MAX))
}

/// Signs a role with all keys that fit, and checks the result as a reader would.
///
/// # Errors
/// [`Refused::Keys`] if fewer keys are there than the root asks for.
pub(crate) fn sign<T: Role + Serialize + Clone>(
    role: T,
    root: &Root,
    keys: &[PrivateKey],
) -> Result<Document<T>, Refused> {
    let signatures = signatures(&role, root, keys)?;
    let signed = Signed { signed: role, signatures };
    root.verify_role(&signed).map_err(|error| {
        let needed = threshold(root, T::TYPE);
        Refused::Keys(format!(
            "{} needs {needed} of its keys in the keys folder: {error}. Nothing was changed",
            T::TYPE
        ))
    })?;
    Document::new(signed)
}

/// The version after this one.
pub(crate) fn next(version: NonZeroU64) -> Result<NonZeroU64, Refused> {
    version.checked_add(1).ok_or_else(|| Refused::Repository("its version is at the end".into()))
}
