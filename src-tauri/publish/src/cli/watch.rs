//! Checking mirrors from outside, bundles, and a server for demonstrations.

use super::args::{ExportArgs, VerifyArgs};
use super::say;
use helper_machine::mirror::Mirror;
use helper_publish::report::title;
use helper_publish::serve::Server;
use helper_publish::verify::{Level, Report, verify as look};
use helper_publish::{Refused, bundle};
use jiff::Timestamp;
use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn verify(args: &VerifyArgs, now: Timestamp, out: &mut dyn Write) -> Result<ExitCode, Refused> {
    let root = fs::read(&args.root)
        .map_err(|source| Refused::Io { doing: format!("cannot read {}", args.root.display()), source })?;
    let mirrors = args.mirrors.iter().map(|text| mirror(text)).collect::<Result<Vec<_>, _>>()?;
    let reports = look(&mirrors, &root, args.deep, now)?;
    let good = reports.iter().all(|report| report.good);
    if args.json {
        let text = serde_json::to_string_pretty(&reports)
            .map_err(|error| Refused::Input(format!("the report cannot be written: {error}")))?;
        say(out, &format!("{text}\n"))?;
    } else {
        say(out, &reports.iter().map(lines).collect::<String>())?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A folder may be named from here; its mirror needs the whole path.
fn mirror(text: &str) -> Result<Mirror, Refused> {
    let path = Path::new(text);
    if path.is_dir() {
        let whole =
            path.canonicalize().map_err(|source| Refused::Io { doing: format!("cannot find {text}"), source })?;
        return Ok(Mirror::Folder(whole));
    }
    text.parse().map_err(|error| Refused::Input(format!("{error}")))
}

fn lines(report: &Report) -> String {
    let mut text = format!("{} {}\n", if report.good { "good " } else { "WRONG" }, report.mirror);
    if let Some(versions) = &report.versions {
        let _ = writeln!(
            text,
            "  root {}, timestamp {} until {}, list of targets {} until {}, {} packages",
            versions.root,
            versions.timestamp,
            versions.timestamp_expires,
            versions.targets,
            versions.targets_expires,
            report.packages
        );
    }
    for finding in &report.findings {
        let level = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        let _ = writeln!(text, "  {level} {}: {}", finding.code, finding.text);
    }
    text
}

pub(super) fn export(args: &ExportArgs, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let systems: Vec<_> = args.systems.iter().map(|system| (*system).into()).collect();
    let exported = bundle::export(&args.place.folder, &args.to, &systems, now)?;
    let mut text = format!("wrote {}, {} bytes\n", args.to.display(), exported.bytes);
    for release in &exported.releases {
        let _ = writeln!(text, "  {}", title(release));
    }
    let _ = writeln!(text, "  fresh until {}; by hand it can be imported for half a year longer", exported.fresh_until);
    say(out, &text)
}

pub(super) fn serve(mirror: &Path, port: u16, out: &mut dyn Write) -> Result<(), Refused> {
    let failed = |source| Refused::Io { doing: format!("cannot serve {} on port {port}", mirror.display()), source };
    let server = Server::bind(mirror, port).map_err(failed)?;
    say(out, &format!("http://{}/\n", server.address().map_err(failed)?))?;
    server.run().map_err(failed)
}
