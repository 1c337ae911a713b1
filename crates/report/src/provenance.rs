//! Where the record came from, its scenario, and how it is run again.

use meanfield_run::number::plain;
use meanfield_run::record::Record;

use crate::content::{Content, Provenance};
use crate::html::{escaped, percent_encoded};
use crate::table::{Cell, Table};

/// Most seeds that are listed one by one.
const MOST_SEEDS: usize = 12;

/// The section of the origin.
pub fn section(content: &Content) -> String {
    let Provenance { program, commit, created, command, machine, .. } = content.provenance;
    let mut table = Table::new("Where this came from", &["what", "value"]);
    let rows = [
        ("program", program),
        ("commit", commit),
        ("machine", machine),
        ("finished", created),
        ("command", command),
        ("random seeds", &seeds(content.records)),
    ];
    for (what, value) in rows {
        let value = if value.is_empty() { "not known" } else { value };
        table.row(what, &[Cell::text(value)]);
    }
    format!("<section id=\"origin\"><h2>Origin</h2>\n{}</section>\n", table.finish())
}

/// "sgd: 1 to 10", the seeds of each system that has some.
fn seeds(records: &[Record]) -> String {
    let axes = records.iter().flat_map(|record| record.axes.iter().map(move |axis| (record, axis)));
    let own = axes.filter(|(_, axis)| axis.key.is_none() && !axis.values.is_empty());
    let words = own.map(|(record, axis)| {
        let [first, last] = [axis.values[0], axis.values[axis.values.len() - 1]];
        let is_range = axis.values.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
        let listed =
            axis.values.iter().take(MOST_SEEDS).map(|seed| plain(*seed)).collect::<Vec<_>>().join(", ");
        match axis.values.len() {
            count if count > 2 && is_range => {
                format!("{}: {} to {}", record.system, plain(first), plain(last))
            }
            count if count > MOST_SEEDS => {
                format!("{}: {count} seeds, {listed}, … (see the scenario)", record.system)
            }
            _ => format!("{}: {listed}", record.system),
        }
    });
    let words = words.collect::<Vec<_>>().join("; ");
    if words.is_empty() { "as the scenario states; one run a system".to_owned() } else { words }
}

/// The section of the scenario, with the way to run it again.
pub fn scenario(content: &Content) -> String {
    let Provenance { scenario, commit, .. } = content.provenance;
    let commit = match commit.is_empty() {
        true => "the same version of meanfield".to_owned(),
        false => format!("meanfield at commit <code>{}</code>", escaped(commit)),
    };
    format!(
        "<section id=\"rerun\"><h2>Run it again</h2>\n<ol>\n\
         <li>Save the scenario below as <code>again.toml</code> \
         (<a download=\"again.toml\" href=\"data:text/plain;charset=utf-8,{}\">save it</a>). \
         It is resolved: every default and every override is in it.</li>\n\
         <li>With {commit}: <code>meanfield run again.toml --report</code></li>\n</ol>\n\
         <p>Scenario and seeds determine the result, to the bit on one kind of processor; \
         the number of threads does not matter.</p>\n\
         <details open><summary>The scenario</summary>\n<pre tabindex=\"0\">{}</pre></details>\n</section>\n",
        percent_encoded(scenario),
        escaped(scenario)
    )
}
