//! The page of a record in a browser: its slider is moved, a number is read and held against the record.
//! Needs Debian's `chromium` (scripts/setup --browser); scripts/nightly runs it.

use crate::support;

use std::process::Command;

use support::Place;

/// Options that make Chromium open a file by itself, without a network, and print the page after its scripts.
const ALONE: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
];

/// What a user does, after the page's own script.
const ACTS: &str = r##"<script>
const changed = (id, kind) => document.getElementById(id).dispatchEvent(new Event(kind));
const slider = document.getElementById("law-slider");
slider.value = 1;
changed("law-slider", "input");
const read = document.getElementById("curve-slider");
read.value = 2;
changed("curve-slider", "input");
const svg = document.querySelector("#curve-plot svg");
const before = svg.innerHTML;
svg.dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true }));
const zoomed = svg.innerHTML !== before;
svg.dispatchEvent(new KeyboardEvent("keydown", { key: "0", bubbles: true }));
const done = document.createElement("p");
done.id = "done";
done.textContent = `zoomed ${zoomed}, restored ${svg.innerHTML === before}`;
document.body.append(done);
</script>"##;

/// The page after its scripts and [`ACTS`].
fn after_scripts(place: &Place, page: &str) -> String {
    let text = std::fs::read_to_string(place.path(page)).expect("a page");
    place.write("acted.html", &text.replace("</body>", &format!("{ACTS}</body>")));
    let profile = format!("--user-data-dir={}", place.path("profile").display());
    let address = format!("file://{}", place.path("acted.html").display());
    let output = Command::new("chromium").args(ALONE).args([&profile[..], "--dump-dom", &address]).output();
    String::from_utf8(output.expect("chromium: scripts/setup --browser").stdout).expect("text")
}

/// The numbers of the row that begins with `name` in the element `id`.
fn row(dom: &str, id: &str, name: &str) -> Vec<f64> {
    let values = dom.split_once(&format!("id=\"{id}\"")).expect("the element").1;
    let row = values.split_once(name).expect("the row").1.split_once("</tr>").expect("its end").0;
    let cells = row.split("<td class=\"number\">").skip(1).filter_map(|cell| cell.split('<').next());
    cells.map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()
}

#[test]
#[ignore = "needs chromium; scripts/nightly has it"]
fn a_number_at_the_slider_is_that_of_the_record() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml", "--report"]).status(0);
    let dom = after_scripts(&place, "output/small/report.html");
    assert!(dom.contains("zoomed true, restored true"), "the keys zoom");
    let records = place.records("output/small");
    for record in records.iter().filter(|record| record.system != "sgd") {
        let law = record.law(0, 1).expect("the second snapshot").marginal(0);
        let found = row(&dom, "law-values", &record.system);
        for (shown, own) in found.iter().zip([law.mean(), law.standard_deviation()]) {
            assert!((shown - own).abs() <= 1e-5 * own.abs(), "{}: {shown} for {own}", record.system);
        }
        let risk = record.row("risk", 0).expect("a risk")[2];
        let shown = row(&dom, "curve-values", &record.system)[0];
        assert!((shown - risk).abs() <= 1e-5 * risk, "{}: {shown} for {risk}", record.system);
    }
}
