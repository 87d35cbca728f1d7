use super::*;

const INSTALLED: &str = r"C:\Program Files\TeamViewer";
const TEMP: &str = r"C:\Users\front desk\AppData\Local\Temp";
const STORE: &str = r"C:\Users\front desk\AppData\Local\com.edgenext.support-helper\module";

fn fact(pid: u32, name: &str, path: &str) -> ProcessFact {
    ProcessFact {
        id: ProcessId { pid, started: u64::from(pid) },
        parent: None,
        name: name.into(),
        path: ProgramPath::Known(path.into()),
        owner: Owner::Me,
        session: Session::Mine,
        product: None,
        bundle: None,
        arguments: vec![],
        age: None,
        title: None,
        config_id: None,
    }
}

fn windows(processes: Vec<ProcessFact>) -> Scan {
    Scan {
        processes,
        places: Places {
            system: System::Windows,
            installed: vec![INSTALLED.into(), r"C:\Program Files (x86)\TeamViewer".into()],
            temporary: vec![TEMP.into()],
            module: vec![STORE.into(), r"C:\Users\front desk\Desktop\EDGE&NEXT Support.exe".into()],
            module_title: "EDGE&NEXT Support".into(),
            module_config_id: "6kyy3pe".into(),
        },
        launched: Some(ProcessId { pid: 900, started: 900 }),
    }
}

fn linux(processes: Vec<ProcessFact>) -> Scan {
    let mut scan = windows(processes);
    scan.places.system = System::Linux;
    scan.places.installed = vec!["/opt/teamviewer".into()];
    scan.places.temporary = vec!["/tmp".into()];
    scan.places.module = vec!["/home/간호사 1/.local/share/helper/module".into()];
    scan
}

fn macos(processes: Vec<ProcessFact>) -> Scan {
    let mut scan = linux(processes);
    scan.places.system = System::Macos;
    scan
}

/// What one process, alone on the PC, is taken for.
fn alone(scan: Scan) -> &'static str {
    let presence = judge(&scan);
    match (presence.conflicts.as_slice(), presence.modules.as_slice()) {
        ([], []) => "nothing",
        ([one], []) => match one.kind {
            Kind::Full => "full",
            Kind::Unknown => "unknown",
        },
        ([], [_]) => "module",
        _ => "several",
    }
}

#[test]
fn windows_rules() {
    let temp_exe = format!(r"{TEMP}\TeamViewer\TeamViewer.exe");
    let cases: Vec<(&str, ProcessFact, &str)> = vec![
        ("installed Full", fact(1, "TeamViewer.exe", r"C:\Program Files\TeamViewer\TeamViewer.exe"), "full"),
        (
            "installed Full, other case",
            fact(1, "teamviewer.EXE", r"c:\PROGRAM files\teamviewer\teamviewer.exe"),
            "full",
        ),
        (
            "32-bit Full, old version folder",
            fact(1, "TeamViewer.exe", r"C:\Program Files (x86)\TeamViewer\Version9\TeamViewer.exe"),
            "full",
        ),
        ("long path prefix", fact(1, "TeamViewer.exe", r"\\?\C:\Program Files\TeamViewer\TeamViewer.exe"), "full"),
        ("8.3 program folder", fact(1, "TeamViewer.exe", r"C:\PROGRA~1\TEAMVI~1\TeamViewer.exe"), "full"),
        (
            "installed Host",
            ProcessFact {
                product: Some("TeamViewer Host Client".into()),
                ..fact(1, "TeamViewer.exe", r"C:\Program Files\TeamViewer\TeamViewer.exe")
            },
            "nothing",
        ),
        (
            "service only",
            fact(1, "TeamViewer_Service.exe", r"C:\Program Files\TeamViewer\TeamViewer_Service.exe"),
            "nothing",
        ),
        (
            "our store",
            fact(1, "EDGE&NEXT Support.exe", &format!(r"{STORE}\versions\ab\EDGE&NEXT Support.exe")),
            "module",
        ),
        (
            "the copy on the Desktop",
            fact(1, "EDGE&NEXT Support.exe", r"C:\Users\front desk\Desktop\EDGE&NEXT Support.exe"),
            "module",
        ),
        (
            "Temp, child of what we started",
            ProcessFact { parent: Some(900), ..fact(901, "TeamViewer.exe", &temp_exe) },
            "module",
        ),
        (
            "Temp, product says QuickSupport",
            ProcessFact { product: Some("TeamViewer QuickSupport".into()), ..fact(1, "TeamViewer.exe", &temp_exe) },
            "module",
        ),
        (
            "Temp, our title",
            ProcessFact { title: Some("EDGE&NEXT Support".into()), ..fact(1, "TeamViewer.exe", &temp_exe) },
            "module",
        ),
        (
            "Temp, our config id",
            ProcessFact { config_id: Some("6kyy3pe".into()), ..fact(1, "TeamViewer.exe", &temp_exe) },
            "module",
        ),
        (
            "Temp, somebody else's config id",
            ProcessFact { config_id: Some("u6dx34t".into()), ..fact(1, "TeamViewer.exe", &temp_exe) },
            "unknown",
        ),
        ("Temp, nothing known", fact(1, "TeamViewer.exe", &temp_exe), "unknown"),
        (
            "Temp by its 8.3 name, product says QuickSupport",
            ProcessFact {
                product: Some("TeamViewer QuickSupport".into()),
                ..fact(1, "TeamViewer.exe", r"C:\Users\FRONTD~1\AppData\Local\Temp\TeamViewer\TeamViewer.exe")
            },
            "module",
        ),
        (
            "Temp, run-only Full by its command line",
            ProcessFact { arguments: vec!["--noInstallation".into()], ..fact(1, "TeamViewer.exe", &temp_exe) },
            "full",
        ),
        (
            "Temp, run-only Full by its folder",
            fact(1, "TeamViewer.exe", &format!(r"{TEMP}\TeamViewer\Version8\TeamViewer.exe")),
            "full",
        ),
        (
            "portable Full",
            ProcessFact {
                product: Some("TeamViewer Full Client".into()),
                ..fact(1, "TeamViewer.exe", r"D:\tools\tv\TeamViewer.exe")
            },
            "full",
        ),
        ("portable, no product", fact(1, "TeamViewer.exe", r"D:\tools\tv\TeamViewer.exe"), "unknown"),
        (
            "a QuickSupport elsewhere is somebody else's",
            ProcessFact {
                product: Some("TeamViewer QuickSupport".into()),
                ..fact(1, "TeamViewer.exe", r"D:\tools\tv\TeamViewer.exe")
            },
            "unknown",
        ),
        (
            "path not readable",
            ProcessFact { path: ProgramPath::Unreadable, owner: Owner::Unknown, ..fact(1, "TeamViewer.exe", "") },
            "unknown",
        ),
        (
            "unreadable service",
            ProcessFact { path: ProgramPath::Unreadable, ..fact(1, "TeamViewer_Service.exe", "") },
            "nothing",
        ),
        (
            "another session's Full",
            ProcessFact {
                session: Session::Other,
                owner: Owner::Other,
                ..fact(1, "TeamViewer.exe", r"C:\Program Files\TeamViewer\TeamViewer.exe")
            },
            "nothing",
        ),
        (
            "a folder that only begins alike",
            ProcessFact {
                product: Some("x".into()),
                ..fact(1, "TeamViewer.exe", r"C:\Program Files\TeamViewerOther\TeamViewer.exe")
            },
            "unknown",
        ),
        ("a name that only begins alike", fact(1, "TeamViewerQS.exe", r"D:\x\TeamViewerQS.exe"), "nothing"),
        ("a foreign program", fact(1, "notepad.exe", r"C:\Windows\notepad.exe"), "nothing"),
    ];
    for (what, process, expected) in cases {
        assert_eq!(alone(windows(vec![process])), expected, "{what}");
    }
}

#[test]
fn macos_rules() {
    let bundle = |id: &str| ProcessFact { bundle: Some(id.into()), ..fact(1, "TeamViewer", "/Applications/x") };
    let cases = [
        ("Full", bundle("com.teamviewer.TeamViewer"), "full"),
        ("Host", bundle("com.teamviewer.TeamViewerHost"), "nothing"),
        ("QuickSupport", bundle("com.teamviewer.TeamViewerQS"), "module"),
        ("screen capture", bundle("com.teamviewer.Desktop"), "nothing"),
        ("service", bundle("com.teamviewer.teamviewer_service"), "nothing"),
        ("no bundle, not ours", fact(1, "TeamViewer", "/opt/x/TeamViewer"), "nothing"),
        (
            "no bundle, ours",
            fact(1, "TeamViewerQS", "/home/간호사 1/.local/share/helper/module/v/TeamViewerQS"),
            "module",
        ),
        (
            "another user's, unreadable",
            ProcessFact { path: ProgramPath::Unreadable, owner: Owner::Other, ..fact(1, "TeamViewer", "") },
            "unknown",
        ),
    ];
    for (what, process, expected) in cases {
        assert_eq!(alone(macos(vec![process])), expected, "{what}");
    }
}

#[test]
fn linux_rules() {
    let unreadable = ProcessFact { path: ProgramPath::Unreadable, owner: Owner::Other, ..fact(1, "TeamViewer", "") };
    let cases = [
        ("Full", fact(1, "TeamViewer", "/opt/teamviewer/tv_bin/TeamViewer"), "full"),
        ("Full, updated while it runs", fact(1, "TeamViewer", "/opt/teamviewer/tv_bin/TeamViewer (deleted)"), "full"),
        ("daemon alone", fact(1, "teamviewerd", "/opt/teamviewer/tv_bin/teamviewerd"), "nothing"),
        ("screen capture alone", fact(1, "TeamViewer_Desk", "/opt/teamviewer/tv_bin/TeamViewer_Desktop"), "nothing"),
        (
            "module in our store",
            fact(
                1,
                "TeamViewer",
                "/home/간호사 1/.local/share/helper/module/versions/ab/teamviewerqs/tv_bin/TeamViewer",
            ),
            "module",
        ),
        (
            "module unpacked by hand",
            fact(1, "TeamViewer", "/home/x/Downloads/teamviewerqs/tv_bin/TeamViewer"),
            "module",
        ),
        ("a TeamViewer elsewhere", fact(1, "TeamViewer", "/home/x/tv/TeamViewer"), "unknown"),
        ("another user's", unreadable, "unknown"),
        ("a script that mentions it", fact(1, "bash", "/usr/bin/bash"), "nothing"),
        ("a folder that only begins alike", fact(1, "x", "/home/간호사 1/.local/share/helper/module-old/x"), "nothing"),
    ];
    for (what, process, expected) in cases {
        assert_eq!(alone(linux(vec![process])), expected, "{what}");
    }
}

#[test]
fn full_is_in_use_while_its_screen_capture_runs() {
    let full = fact(1, "TeamViewer.exe", r"C:\Program Files\TeamViewer\TeamViewer.exe");
    let service = fact(2, "TeamViewer_Service.exe", r"C:\Program Files\TeamViewer\TeamViewer_Service.exe");
    let capture = ProcessFact { parent: Some(2), ..fact(3, "TeamViewer_Desktop.exe", r"C:\x\TeamViewer_Desktop.exe") };
    assert!(!judge(&windows(vec![full.clone(), service.clone()])).conflicts[0].in_use);
    assert!(judge(&windows(vec![full, service, capture])).conflicts[0].in_use);
}

#[test]
fn full_on_linux_is_in_use_while_its_screen_capture_runs() {
    let full = fact(1, "TeamViewer", "/opt/teamviewer/tv_bin/TeamViewer");
    let capture = fact(3, "TeamViewer_Desk", "/opt/teamviewer/tv_bin/TeamViewer_Desktop");
    assert!(judge(&linux(vec![full, capture])).conflicts[0].in_use);
}

#[test]
fn a_module_is_connected_while_its_own_screen_capture_runs() {
    let module =
        ProcessFact { parent: Some(900), ..fact(901, "TeamViewer.exe", &format!(r"{TEMP}\TeamViewer\TeamViewer.exe")) };
    let capture = ProcessFact {
        parent: Some(901),
        ..fact(902, "TeamViewer_Desktop.exe", &format!(r"{TEMP}\TeamViewer\TeamViewer_Desktop.exe"))
    };
    let seen = judge(&windows(vec![module.clone(), capture.clone()]));
    assert!(seen.modules[0].connected && seen.conflicts.is_empty());
    let full = fact(1, "TeamViewer.exe", r"C:\Program Files\TeamViewer\TeamViewer.exe");
    let both = judge(&windows(vec![module, capture, full]));
    assert!(!both.conflicts[0].in_use, "the module's capture says nothing about Full");
}

#[test]
fn who_can_close_it() {
    let full = fact(1, "TeamViewer.exe", r"C:\Program Files\TeamViewer\TeamViewer.exe");
    let by = |owner, path| judge(&windows(vec![ProcessFact { owner, path, ..full.clone() }])).conflicts[0].closable;
    assert_eq!(by(Owner::Me, full.path.clone()), Closable::Yes);
    assert_eq!(by(Owner::Other, full.path.clone()), Closable::OtherUser);
    assert_eq!(by(Owner::Unknown, ProgramPath::Unreadable), Closable::Administrator);
    assert_eq!(by(Owner::Me, ProgramPath::Unreadable), Closable::Administrator);
}

#[test]
fn parents_in_a_ring_end_the_search() {
    let a = ProcessFact { parent: Some(2), ..fact(1, "TeamViewer.exe", r"D:\x\TeamViewer.exe") };
    let b = ProcessFact { parent: Some(1), ..fact(2, "TeamViewer.exe", r"D:\x\TeamViewer.exe") };
    assert_eq!(judge(&windows(vec![a, b])).conflicts.len(), 2);
}

#[test]
fn a_reused_process_id_is_not_our_child() {
    let mut older = ProcessFact { parent: Some(900), ..fact(10, "TeamViewer.exe", r"D:\x\TeamViewer.exe") };
    older.id.started = 100;
    assert_eq!(alone(windows(vec![older])), "unknown");
}

#[test]
fn full_comes_before_what_is_unknown() {
    let unknown = fact(1, "TeamViewer.exe", r"D:\x\TeamViewer.exe");
    let full = fact(2, "TeamViewer.exe", r"C:\Program Files\TeamViewer\TeamViewer.exe");
    let kinds: Vec<_> = judge(&windows(vec![unknown, full])).conflicts.iter().map(|c| c.kind).collect();
    assert_eq!(kinds, [Kind::Full, Kind::Unknown]);
}

#[test]
fn a_module_that_is_open_since_yesterday_is_old() {
    let path = "/home/간호사 1/.local/share/helper/module/versions/ab/TeamViewer";
    let old = |age| judge(&linux(vec![ProcessFact { age, ..fact(1, "TeamViewer", path) }])).modules[0].old;
    assert!(!old(None));
    assert!(!old(Some(WORKING_SESSION - 1)));
    assert!(old(Some(WORKING_SESSION)));
}
