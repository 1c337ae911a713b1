//! Memory: too much of it is refused before anything is allocated.

use crate::complaints::Complaints;
use crate::cost;
use crate::point::Point;
use crate::setting::Timing;

/// Refuses what would not fit into memory before anything is allocated.
pub(super) fn memory(points: &[Point], swept: bool, complaints: &mut Complaints) {
    let Some(available) = available_memory() else { return };
    let costs = cost::costs(points, swept, Timing::Constants);
    let largest = costs.systems.iter().max_by(|a, b| a.2.bytes.total_cmp(&b.2.bytes));
    let total = costs.altogether().bytes * 1e-9;
    let free = available * 1e-9;
    let message = format!("about {total:.1} GB of memory would be needed, and {free:.1} GB are free");
    let path = ["systems", largest.map_or("", |(name, ..)| *name)];
    let help = "take fewer neurons, seeds, cells, atoms, snapshots or points";
    complaints.unless(total <= free, &path, message, help);
}

/// Free memory in bytes, where the system states it.
fn available_memory() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kilobytes| 1024.0 * kilobytes)
}
