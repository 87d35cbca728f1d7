//! Which processes are there, and what is told of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(any(target_os = "linux", target_os = "windows"))]

use contract::desk::{Done, MODULE_TITLE, SOON, deep_folder, fact_of, folder_of, id_of, look, on_a_desk, path_of};
use helper_core::presence::{Owner, Session};
use helper_machine::closing::wait_until_gone;
use helper_machine::processes::program_of;
use helper_world::{Module, wait_until};
use std::{env, fs};

#[test]
fn a_module_is_seen_with_all_that_matters() -> Done {
    on_a_desk("a_module_is_seen_with_all_that_matters", "", |desk| {
        let module = Module::start(&desk.home, "")?;
        let id = id_of(&module)?;
        desk.window(&folder_of(id)?)?;
        let downloads = desk.home.root().join("Downloads");
        let (scan, presence) = look(&desk.own(&[&downloads]), None)?;
        let fact = fact_of(&scan, id).ok_or("not seen")?;
        assert!(path_of(fact).is_some_and(|path| path.starts_with(&downloads)), "{fact:?}");
        assert_eq!(program_of(id).as_deref(), path_of(fact).and_then(|path| path.to_str()));
        assert_eq!(fact.name, format!("TeamViewer{}", env::consts::EXE_SUFFIX));
        assert_eq!((fact.owner, fact.session), (Owner::Me, Session::Mine));
        assert_eq!(fact.parent, Some(std::process::id()));
        assert!(fact.age.is_some_and(|age| age < 600) && fact.arguments.len() == 1, "{fact:?}");
        if cfg!(windows) {
            assert_eq!(fact.title.as_deref(), Some(MODULE_TITLE));
        }
        // Other tests have stand-ins on this PC at the same time: only this one's is judged.
        assert!(presence.modules.iter().any(|module| module.id == id), "{presence:?}");
        assert!(presence.conflicts.iter().all(|conflict| conflict.id != id), "{presence:?}");
        Ok(())
    })
}

#[test]
fn a_module_of_another_name_is_found_by_it() -> Done {
    on_a_desk("a_module_of_another_name_is_found_by_it", "", |desk| {
        let program = Module::place(&desk.home.desktop(), "EDGE-NEXT-Support-Helper")?;
        let module = Module::start_placed(&desk.home, &program, "")?;
        let id = id_of(&module)?;
        let mut own = desk.own(&[&program]);
        let (scan, _) = look(&own, None)?;
        assert_eq!(fact_of(&scan, id), None, "nothing says that it matters");
        let name = program.file_name().ok_or("no name")?.to_string_lossy();
        own.names = vec![if cfg!(windows) { name.to_uppercase() } else { name.into_owned() }];
        let (scan, presence) = look(&own, None)?;
        assert!(fact_of(&scan, id).is_some());
        assert!(
            presence.modules.iter().any(|module| module.id == id),
            "the copy on the Desktop is one file: {presence:?}"
        );
        Ok(())
    })
}

#[test]
fn a_long_path_is_told_whole() -> Done {
    on_a_desk("a_long_path_is_told_whole", "", |desk| {
        let name = format!("TeamViewer{}", env::consts::EXE_SUFFIX);
        let folder = deep_folder(&desk.home.root().join("Downloads"), name.len(), 246);
        let program = Module::place(&folder, "TeamViewer")?;
        let module = Module::start_placed(&desk.home, &program, "")?;
        let id = id_of(&module)?;
        let told = program_of(id).ok_or("no path")?;
        assert!(Some(told.as_str()) == program.to_str() && told.encode_utf16().count() > 240, "{told}");
        assert_eq!(desk.window(&folder)?, id);
        let (_, presence) = look(&desk.own(&[&folder]), None)?;
        assert!(presence.modules.iter().any(|module| module.id == id), "{presence:?}");
        Ok(())
    })
}

#[test]
fn what_a_launcher_unpacked_is_its_module() -> Done {
    on_a_desk("what_a_launcher_unpacked_is_its_module", "", |desk| {
        for plan in ["launcher=stay", "launcher=leave"] {
            let module = Module::start(&desk.home, plan)?;
            let launcher = id_of(&module)?;
            let unpacked = desk.window(&desk.home.temp())?;
            assert_ne!(unpacked, launcher);
            // Modules are kept elsewhere: only its descent, or its place, tells what it is.
            let (scan, presence) = look(&desk.own(&[]), Some(launcher))?;
            let fact = fact_of(&scan, unpacked).ok_or("not seen")?;
            assert!(path_of(fact).is_some_and(|path| path.starts_with(desk.home.temp())), "{fact:?}");
            assert!(presence.modules.iter().any(|module| module.id == unpacked), "{plan}: {presence:?}");
            assert_eq!(presence.conflicts, [], "{plan}");
            drop(module);
            let gone = || desk.home.processes().is_empty().then_some(());
            wait_until(SOON, "everything to end", gone)?;
        }
        Ok(())
    })
}

#[test]
fn a_connection_is_seen_while_it_lasts() -> Done {
    on_a_desk("a_connection_is_seen_while_it_lasts", "", |desk| {
        let module = Module::start(&desk.home, "")?;
        let downloads = desk.home.root().join("Downloads");
        let own = desk.own(&[&downloads]);
        let id = id_of(&module)?;
        let connected = |wanted: bool| {
            wait_until(SOON, "the connection", || {
                let (_, presence) = look(&own, None).ok()?;
                let now = presence.modules.iter().find(|module| module.id == id)?.connected;
                (now == wanted).then_some(())
            })
        };
        connected(false)?;
        module.plan("in_use=yes")?;
        connected(true)?;
        module.plan("in_use=no")?;
        Ok(connected(false)?)
    })
}

#[test]
fn what_ended_is_not_there_though_somebody_holds_its_number() -> Done {
    on_a_desk("what_ended_is_not_there_though_somebody_holds_its_number", "", |desk| {
        let module = Module::start(&desk.home, "")?;
        let downloads = desk.home.root().join("Downloads");
        let own = desk.own(&[&downloads]);
        let id = id_of(&module)?;
        assert!(fact_of(&look(&own, None)?.0, id).is_some());
        module.kill();
        assert_eq!(fact_of(&look(&own, None)?.0, id), None);
        assert_eq!(program_of(id), None);
        assert!(wait_until_gone(id));
        drop(module);
        // Somebody else may still hold it; whoever does, it is not there.
        assert_eq!(fact_of(&look(&own, None)?.0, id), None);
        assert!(program_of(id).is_none() && wait_until_gone(id));
        Ok(())
    })
}

#[test]
fn a_program_that_hangs_holds_nobody_up() -> Done {
    on_a_desk("a_program_that_hangs_holds_nobody_up", "", |desk| {
        let module = Module::start(&desk.home, "")?;
        let id = id_of(&module)?;
        desk.window(&folder_of(id)?)?;
        module.plan("hang=yes")?;
        let stuck = fs::read_to_string(module.plan_file())?;
        assert_eq!(stuck, "hang=yes");
        let downloads = desk.home.root().join("Downloads");
        // Looked at for long enough that the plan is followed meanwhile, whenever that is.
        let begun = std::time::Instant::now();
        let mut looks = 0;
        while begun.elapsed().as_millis() < 1500 {
            let (scan, _) = look(&desk.own(&[&downloads]), None)?;
            assert!(fact_of(&scan, id).is_some());
            looks += 1;
        }
        assert!(looks > 3, "{looks} looks in 1.5 s");
        Ok(())
    })
}
