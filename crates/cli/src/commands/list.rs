//! `meanfield list` and `meanfield schema`: what exists, from the types.

use crate::Verdict;
use crate::failure::Failure;

/// Every kind, where it is written, and its keys.
pub fn list() -> Result<Verdict, Failure> {
    let mut place = String::new();
    for kind in meanfield_scenario::kinds() {
        if kind.place != place {
            println!("[{}]", kind.place);
            place.clone_from(&kind.place);
        }
        println!("  {:<22} {}", kind.name, kind.meaning);
        for (key, meaning, default) in kind.keys {
            let default = default.map_or(String::new(), |default| format!(" (default {default})"));
            println!("    {key:<20} {meaning}{default}");
        }
        println!();
    }
    Ok(Verdict::Holds)
}

/// The JSON schema of scenario files.
pub fn schema() -> Result<Verdict, Failure> {
    let text = serde_json::to_string_pretty(&meanfield_scenario::json_schema());
    println!("{}", text.map_err(|error| Failure::run(error.to_string()))?);
    Ok(Verdict::Holds)
}
