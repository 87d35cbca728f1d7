//! Keys and the root.

use super::args::{KeyCommand, RootCommand, RootSign};
use super::{confirmed, passphrases, say, with_keys};
use helper_publish::Refused;
use helper_publish::keys::PrivateKey;
use helper_publish::root::{self, Ceremony, KeyRole, RootChange, RootOutcome, read_public, write_public};
use jiff::Timestamp;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

pub(super) fn root(command: RootCommand, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    match command {
        RootCommand::Show(place) => say(out, &root::show(&place.folder)?),
        RootCommand::Renew(args) => {
            let ceremony = Ceremony::propose(&args.signing.place.folder, &RootChange::default(), now)?;
            sign(ceremony, &args, now, out)
        }
        RootCommand::Change(args) => {
            let public = |(role, file): (KeyRole, String)| Ok((role, read_public(&PathBuf::from(file))?));
            let number = |(role, text): (KeyRole, String)| {
                let count = text.parse().map_err(|_| Refused::Input("--threshold: for example targets=2".into()));
                count.map(|count| (role, count))
            };
            let change = RootChange {
                add: pairs(&args.add)?.into_iter().map(public).collect::<Result<_, Refused>>()?,
                remove: pairs(&args.remove)?,
                thresholds: pairs(&args.threshold)?.into_iter().map(number).collect::<Result<_, Refused>>()?,
            };
            if change.add.is_empty() && change.remove.is_empty() && change.thresholds.is_empty() {
                return Err(Refused::Input(
                    "say what changes: --add, --remove or --threshold; to sign the same keys for longer use: \
                     helper-publish root renew"
                        .into(),
                ));
            }
            sign(Ceremony::propose(&args.sign.signing.place.folder, &change, now)?, &args.sign, now, out)
        }
        RootCommand::Sign(args) => sign(Ceremony::open(&args.signing.place.folder, now)?, &args, now, out),
        RootCommand::Discard(place) => {
            root::discard(&place.folder)?;
            say(out, "dropped; the keys in force stay in force\n")
        }
    }
}

fn sign(ceremony: Ceremony, args: &RootSign, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    say(out, &ceremony.text())?;
    if args.show {
        return Ok(());
    }
    if !confirmed(args.yes, "Sign this?", out)? {
        return say(out, "not signed\n");
    }
    let folder = args.signing.place.folder.display();
    match with_keys(&args.signing, |_, keys| ceremony.sign(keys, now))? {
        RootOutcome::Published(version) => say(
            out,
            &format!(
                "published root version {version}; copy the whole mirror to the web server now, and never remove old \
                 roots\n"
            ),
        ),
        RootOutcome::Waiting(missing) => say(
            out,
            &format!(
                "signed; not in force yet. Still missing: {}. The next holder runs:\n  helper-publish root sign --repo \
                 {folder} --keys FOLDER\n",
                missing.join("; ")
            ),
        ),
    }
}

pub(super) fn key(command: KeyCommand, out: &mut dyn Write) -> Result<(), Refused> {
    match command {
        KeyCommand::New { file, passphrase_files, unencrypted } => {
            let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            let known = name.starts_with("online") || name.starts_with("targets-") || name.starts_with("root-");
            if !known || file.extension().is_none_or(|ending| ending != "pem") {
                return Err(Refused::Input(
                    "name the file root-NAME.pem, targets-NAME.pem or online-NAME.pem: it is found by its name later"
                        .into(),
                ));
            }
            let key = PrivateKey::generate()?;
            let passphrase = passphrases(&passphrase_files, unencrypted).fresh(&name)?;
            key.write(&file, passphrase.as_ref())?;
            let public = file.with_extension("pub");
            let id = write_public(&key, &public)?;
            say(
                out,
                &format!(
                    "created {} (keep it secret) and {} (give it to those who change the root)\n  key id {id}\n",
                    file.display(),
                    public.display()
                ),
            )
        }
        KeyCommand::Passphrase { file, passphrase_files, new_passphrase_files, unencrypted } => {
            let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            let Some(key) = PrivateKey::read(&file, passphrases(&passphrase_files, false).as_ref())? else {
                return say(out, "nothing changed\n");
            };
            let passphrase = passphrases(&new_passphrase_files, unencrypted).fresh(&name)?;
            key.rewrite(&file, passphrase.as_ref())?;
            say(out, &format!("{} has a new passphrase; do the same for its copies\n", file.display()))
        }
    }
}

fn pairs(texts: &[String]) -> Result<Vec<(KeyRole, String)>, Refused> {
    let pair = |text: &String| {
        let wrong = || Refused::Input(format!("{text:?}: write ROLE=..., where ROLE is root, targets or online"));
        let (role, value) = text.split_once('=').ok_or_else(wrong)?;
        Ok((KeyRole::from_str(role).map_err(|_| wrong())?, value.to_owned()))
    };
    texts.iter().map(pair).collect()
}
