use model::search::search;
use model::worlds::beginnings;
#[test]
fn scratch() {
    let all = beginnings();
    for i in [0usize, 7, 14, 15, 16, 17, 21, 28, 35, 8, 11, 42, 54 + 9, 54 + 18 * 3, 240, 250, 260] {
        let mut line = format!("{i}:");
        for (c, ch) in [(2, 0), (3, 0), (2, 1), (3, 1)] {
            let b = model::worlds::Beginning { clicks: c, changes: ch, ..all[i].clone() };
            match search(std::slice::from_ref(&b)) {
                Ok(s) => line += &format!(" ({c},{ch}) {}/{}/{}", s.states, s.cores, s.depth),
                Err(f) => {
                    println!("{i}: {} {}", f.violation.property, f.trace);
                    return;
                }
            }
        }
        println!("{line} mods {} tr {:?}", all[i].pc.modules.len(), all[i].pc.habits.trouble);
    }
}
