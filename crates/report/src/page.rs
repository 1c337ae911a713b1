//! The page: its head, the sections in their order, the numbers of the curves, the script that draws them.

use serde::Serialize;

use crate::charts::{Chart, charts};
use crate::content::Content;
use crate::html::{escaped, json_in_script};
use crate::laws::{LawChart, laws};
use crate::look::looks;
use crate::points::{Point, points};
use crate::{certificates, claims, overview, provenance};

/// How every page begins: a file that does not is none of ours.
pub const MARK: &str = "<!doctype html>\n<!-- meanfield report -->\n";

/// What the page may do: draw itself, and nothing else.
const POLICY: &str =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = concat!(
    include_str!("../assets/plot.js"),
    include_str!("../assets/curves.js"),
    include_str!("../assets/laws.js")
);

/// Numbers that the script draws.
#[derive(Serialize)]
struct Numbers {
    /// The points in words; one empty text where nothing is varied.
    points: Vec<String>,
    charts: Vec<Chart>,
    laws: Vec<LawChart>,
}

/// The whole page as text.
pub fn page(content: &Content) -> String {
    let looks = looks(content.records);
    let (shown, count) = points(content.records);
    let numbers = Numbers {
        points: shown.iter().map(Point::in_words).collect(),
        charts: charts(content, &shown, &looks),
        laws: laws(content, &shown, &looks),
    };
    let body = [
        head(content),
        claims::section(content),
        section_of_curves(&numbers),
        section_of_laws(&numbers),
        certificates::section(content),
        overview::section(content.records, &shown, count),
        provenance::section(content),
        provenance::scenario(content),
    ];
    let json = serde_json::to_string(&numbers).unwrap_or_else(|_| "{}".to_owned());
    format!(
        "{MARK}<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{}</main>\n\
         <script type=\"application/json\" id=\"numbers\">{}</script>\n\
         <script>\n\"use strict\";\n{SCRIPT}</script>\n</body>\n</html>\n",
        escaped(&content.provenance.title),
        body.concat(),
        json_in_script(&json)
    )
}

/// Title, and a mark on results of `--quick`.
fn head(content: &Content) -> String {
    let quick = match content.provenance.quick {
        true => {
            "<p class=\"quick\" role=\"note\"><b>--quick:</b> the scenario was reduced by its <code>[quick]</code>. \
             This is a rehearsal, not the result.</p>\n"
        }
        false => "",
    };
    format!(
        "<a class=\"skip\" href=\"#claims\">Skip to the claims</a>\n<header><h1>{}</h1>\n{quick}</header>\n<main>\n\
         <noscript><p>Curves and laws are drawn by a script of this page, which is not allowed to run here; \
         all tables are there.</p></noscript>\n",
        escaped(&content.provenance.title)
    )
}

/// A choice among several, where there are several.
fn choice(id: &str, label: &str, options: impl ExactSizeIterator<Item = String>) -> String {
    let hidden = if options.len() > 1 { "" } else { " hidden" };
    let options: String = options
        .enumerate()
        .map(|(i, words)| format!("<option value=\"{i}\">{}</option>", escaped(&words)))
        .collect();
    format!("<label{hidden}>{label} <select id=\"{id}\">{options}</select></label>\n")
}

fn section_of_curves(numbers: &Numbers) -> String {
    if numbers.charts.is_empty() {
        return String::new();
    }
    let names = numbers.charts.iter().map(|chart| {
        let name = chart.name.replace('_', " ");
        if chart.meaning.is_empty() { name } else { format!("{name}: {}", chart.meaning) }
    });
    let which = choice("curve-choice", "Quantity", names);
    let point = choice("curve-point", "Point", numbers.points.iter().cloned());
    format!(
        "<section id=\"curves\"><h2>Curves</h2>\n<div class=\"controls\">{which}{point}\
         <label><input type=\"checkbox\" id=\"curve-log\"> time by ratios</label></div>\n\
         <div class=\"plot\" id=\"curve-plot\"></div>\n\
         <div class=\"controls\"><label class=\"wide-label\">Read at t = <output id=\"curve-time\"></output> \
         <input type=\"range\" id=\"curve-slider\" min=\"0\" value=\"0\" step=\"1\"></label></div>\n\
         <div id=\"curve-values\"></div>\n\
         <p class=\"hint\">Drag across the picture to zoom in, or use its buttons; on the keyboard + − and the \
         arrows, 0 for all.</p>\n</section>\n"
    )
}

fn section_of_laws(numbers: &Numbers) -> String {
    if numbers.laws.is_empty() {
        return String::new();
    }
    let which = choice("law-choice", "Coordinate", numbers.laws.iter().map(|law| law.words.clone()));
    let point = choice("law-point", "Point", numbers.points.iter().cloned());
    format!(
        "<section id=\"laws\"><h2>The law over time</h2>\n<div class=\"controls\">{which}{point}\
         <button type=\"button\" id=\"law-play\" aria-pressed=\"false\">▶ Play</button>\
         <label class=\"wide-label\">t = <output id=\"law-time\"></output> \
         <input type=\"range\" id=\"law-slider\" min=\"0\" value=\"0\" step=\"1\"></label></div>\n\
         <div class=\"plot\" id=\"law-plot\"></div>\n<div id=\"law-values\"></div>\n\
         <p class=\"hint\">Densities are masses of bins by their width: of limits lines, of networks (all runs \
         together) steps.</p>\n</section>\n"
    )
}
