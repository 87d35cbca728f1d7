//! Signed roles, judged one by one.

use sigstore_tuf::{Metadata, Role, Root};

/// The root in these bytes; nothing is verified.
pub(super) fn root_of(bytes: &[u8]) -> Option<Root> {
    Metadata::<Root>::from_slice(bytes).ok().map(Metadata::into_signed)
}

/// The role in these bytes if this root's keys for `role` signed it, up to their threshold. Its age does not matter.
pub(super) fn signed_by<T: Role>(root: &Root, bytes: &[u8], role: &str) -> Option<T> {
    let metadata = Metadata::<T>::from_slice(bytes).ok()?;
    metadata.verify_threshold(&root.keys, root.role(role)?, role).ok()?;
    Some(metadata.into_signed())
}
