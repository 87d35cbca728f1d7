//! Signing beside the publisher's tool: root rotations, and what a thief of keys could sign.

use aws_lc_rs::rand::SystemRandom;
use flows::Publisher;
use helper_machine::transport::block_on;
use helper_publish::keys::PrivateKey;
use helper_publish::passphrase::Unencrypted;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::num::NonZeroU64;
use std::path::PathBuf;
use tough::key_source::KeySource as _;
use tough::schema::{Role, RoleType, Root, Signature, Signed};

/// What a new root changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Nothing but its version.
    Nothing,
    /// The root key.
    RootKey,
    /// The key of timestamp and snapshot.
    OnlineKey,
}

/// Signs a role with these keys, whoever they belong to.
pub fn sign<T: Role + Serialize>(role: T, keys: &[&PrivateKey]) -> Vec<u8> {
    let message = role.canonical_form().unwrap();
    let mut signatures = Vec::new();
    for key in keys {
        let sig = block_on(async { key.as_sign().await.unwrap().sign(&message, &SystemRandom::new()).await.unwrap() });
        let keyid = key.public().unwrap().key_id().unwrap();
        signatures.push(Signature { keyid, sig: sig.unwrap().into() });
    }
    serde_json::to_vec_pretty(&Signed { signed: role, signatures }).unwrap()
}

/// A signed role as it lies in the mirror.
pub fn read<T: DeserializeOwned>(publisher: &Publisher, name: &str) -> Signed<T> {
    serde_json::from_slice(&fs::read(metadata(publisher, name)).unwrap()).unwrap()
}

/// Where metadata lies in the mirror.
pub fn metadata(publisher: &Publisher, name: &str) -> PathBuf {
    publisher.mirror().join("metadata").join(name)
}

/// The publisher's key for this role.
pub fn key(publisher: &Publisher, name: &str) -> PrivateKey {
    PrivateKey::read(&publisher.keys().join(name), &Unencrypted).unwrap().unwrap()
}

/// The newest root's version in the mirror.
pub fn newest_root(publisher: &Publisher) -> u64 {
    (1..).take_while(|version| metadata(publisher, &format!("{version}.root.json")).exists()).last().unwrap()
}

/// Signs the next root and puts it into the mirror, as a ceremony does. With a new online key everything that the old one
/// signed is signed again.
pub fn rotate(publisher: &Publisher, rotation: Rotation) -> u64 {
    let version = newest_root(publisher);
    let old: Signed<Root> = read(publisher, &format!("{version}.root.json"));
    let mut root = old.signed;
    root.version = NonZeroU64::new(version + 1).unwrap();
    let before = key(publisher, "root-1.pem");
    let (name, roles): (_, &[RoleType]) = match rotation {
        Rotation::Nothing => ("", &[]),
        Rotation::RootKey => ("root-1.pem", &[RoleType::Root]),
        Rotation::OnlineKey => ("online.pem", &[RoleType::Timestamp, RoleType::Snapshot]),
    };
    if !roles.is_empty() {
        let new = PrivateKey::generate().unwrap();
        let id = new.public().unwrap().key_id().unwrap();
        for role in roles {
            let keys = root.roles.get_mut(role).unwrap();
            for old in std::mem::replace(&mut keys.keyids, vec![id.clone()]) {
                root.keys.remove(&old);
            }
        }
        root.keys.insert(id, new.public().unwrap());
        fs::remove_file(publisher.keys().join(name)).unwrap();
        new.write(&publisher.keys().join(name), None).unwrap();
    }
    let after = key(publisher, "root-1.pem");
    let keys: &[&PrivateKey] = if rotation == Rotation::RootKey { &[&before, &after] } else { &[&after] };
    fs::write(metadata(publisher, &format!("{}.root.json", version + 1)), sign(root, keys)).unwrap();
    if rotation == Rotation::OnlineKey {
        resign(publisher);
    }
    version + 1
}

/// Signs timestamp and snapshot as they are with the present online key. The publisher's own reader would refuse them.
fn resign(publisher: &Publisher) {
    use tough::schema::{Hashes, Metafile, Snapshot, Timestamp};
    let online = key(publisher, "online.pem");
    let mut timestamp: Signed<Timestamp> = read(publisher, "timestamp.json");
    let version = timestamp.signed.meta["snapshot.json"].version;
    let name = format!("{version}.snapshot.json");
    let snapshot: Signed<Snapshot> = read(publisher, &name);
    let bytes = sign(snapshot.signed, &[&online]);
    let meta = Metafile {
        length: Some(bytes.len() as u64),
        hashes: Some(Hashes {
            sha256: helper_machine::package::hash_piece(&bytes).0.to_vec().into(),
            _extra: std::collections::HashMap::new(),
        }),
        version,
        _extra: std::collections::HashMap::new(),
    };
    fs::write(metadata(publisher, &name), bytes).unwrap();
    timestamp.signed.meta.insert("snapshot.json".into(), meta);
    fs::write(metadata(publisher, "timestamp.json"), sign(timestamp.signed, &[&online])).unwrap();
}
