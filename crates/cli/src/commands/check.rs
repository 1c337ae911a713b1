//! `meanfield check`: parse and check only; say what would run and what it would cost.

use crate::Verdict;
use crate::arguments::CheckOptions;
use crate::failure::Failure;
use crate::input;

/// The verb.
pub fn check(options: &CheckOptions) -> Result<Verdict, Failure> {
    let scenario = input::scenario(&options.source)?;
    println!("{}\n", scenario.file.title);
    let costs = scenario.costs();
    for (name, kind, cost) in &costs {
        println!("  {name:<10} {kind:<18} about {}, {}", duration(cost.seconds), memory(cost.bytes));
    }
    let total: f64 = costs.iter().map(|(.., cost)| cost.seconds).sum();
    let (times, snapshots) = (scenario.plan.times.len(), scenario.plan.snapshots.len());
    println!("\n  {times} times, {snapshots} snapshots until t = {}", scenario.file.dynamics.end_time);
    for claim in &scenario.claims {
        println!("  claim      {} of {} within {} for t in [{}, {}]", claim.quantity, claim.system, claim.within, claim.from, claim.until);
    }
    println!("  altogether about {}", duration(total));
    Ok(Verdict::Holds)
}

/// "3 CPU s", "4 CPU min".
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => "1 CPU s".into(),
        s if s < 90.0 => format!("{s:.0} CPU s"),
        s if s < 5400.0 => format!("{:.0} CPU min", s / 60.0),
        s => format!("{:.1} CPU hours", s / 3600.0),
    }
}

fn memory(bytes: f64) -> String {
    if bytes < 1e9 { format!("{:.1} MB", bytes * 1e-6) } else { format!("{:.1} GB", bytes * 1e-9) }
}
