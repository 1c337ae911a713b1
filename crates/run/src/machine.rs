//! The machine that a run is made on, as a record states it: processor, cores, operating system. No name of a
//! host, no path.

use std::fs;
use std::thread;

/// File in which Linux lists its processors.
const PROCESSORS: &str = "/proc/cpuinfo";
/// The line that names one.
const MODEL: &str = "model name";

/// "AMD EPYC 7763, 8 cores, linux x86_64".
pub fn in_words() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let cores = if cores == 1 { "1 core".to_owned() } else { format!("{cores} cores") };
    let processors = fs::read_to_string(PROCESSORS).unwrap_or_default();
    model(&processors).into_iter().chain([&cores[..], &system]).collect::<Vec<_>>().join(", ")
}

/// The first processor's name; None where the system does not state it.
fn model(processors: &str) -> Option<&str> {
    let line = processors.lines().find(|line| line.starts_with(MODEL))?;
    line.split_once(':').map(|(_, name)| name.trim()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_named_where_the_system_tells_it() {
        assert_eq!(model("processor\t: 0\nmodel name\t: A CPU @ 2 GHz\n"), Some("A CPU @ 2 GHz"));
        assert_eq!(model("Hardware\t: something"), None);
        assert!(in_words().contains(" core"), "{}", in_words());
    }
}
