//! Writes the arguments that it was started with beside itself, one a line in Rust's quoted form: what a link's opener really hands over.

fn main() -> std::io::Result<()> {
    let me = std::env::current_exe()?;
    let said: Vec<String> = std::env::args().skip(1).map(|argument| format!("{argument:?}")).collect();
    // Under its own name only when it is whole.
    let beginning = me.with_extension("beginning");
    std::fs::write(&beginning, said.join("\n"))?;
    std::fs::rename(beginning, me.with_extension("said"))
}
