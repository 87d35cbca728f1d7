//! Which of all processes are looked at closely: a PC has hundreds, and the person waits meanwhile.

use std::collections::HashSet;

/// What the cheap list of a system says of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed<'a> {
    /// Its process id.
    pub pid: u32,
    /// Its parent's process id; 0 for none.
    pub parent: u32,
    /// Its program's file name, as the list has it.
    pub name: &'a str,
}

/// Candidates by name (TEAMVIEWER.md 12.1, rule 1), what was launched, and all that descends from it, also when what was
/// launched is gone. `is_ours` knows the names of our own module.
pub(crate) fn candidates(all: &[Listed<'_>], launched: Option<u32>, is_ours: impl Fn(&str) -> bool) -> HashSet<u32> {
    let of_interest = |process: &&Listed<'_>| {
        process.name.to_lowercase().contains("teamviewer") || (!process.name.is_empty() && is_ours(process.name))
    };
    let mut chosen: HashSet<u32> = all.iter().filter(of_interest).map(|process| process.pid).collect();
    let Some(launched) = launched else { return chosen };
    chosen.extend(all.iter().filter(|process| process.pid == launched).map(|process| process.pid));
    // Children of children: repeat until nothing is added; a chain is never longer than the list.
    loop {
        let child = |process: &&Listed<'_>| {
            !chosen.contains(&process.pid) && (process.parent == launched || chosen.contains(&process.parent))
        };
        let more: Vec<u32> = all.iter().filter(child).map(|process| process.pid).collect();
        if more.is_empty() {
            return chosen;
        }
        chosen.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_of_children_are_looked_at() {
        let process = |pid: u32, parent: u32, name: &'static str| Listed { pid, parent, name };
        let all = [
            process(1, 0, "init"),
            process(2, 1, "TeamViewer_Desktop.exe"),
            process(3, 1, "ours"),
            process(4, 1, ""),
            process(7, 6, "grandchild"),
            process(6, 5, "child"),
        ];
        let chosen = |launched| {
            let mut chosen: Vec<u32> =
                candidates(&all, launched, |name| name == "ours" || name.is_empty()).into_iter().collect();
            chosen.sort_unstable();
            chosen
        };
        assert_eq!(chosen(Some(5)), [2, 3, 6, 7], "also when what was launched is gone");
        assert_eq!(chosen(None), [2, 3]);
        assert_eq!(chosen(Some(6)), [2, 3, 6, 7]);
    }
}
