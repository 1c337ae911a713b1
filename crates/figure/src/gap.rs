//! The lower panel of the risk figure: the gap between each system's risk and the reference's, with the bias
//! expected of a finite network and the tolerances of claims. Static systems beside others that evolve are
//! not there unless a claim is about them: the panel above shows how far away they are. It judges no claim.

use super::allowed::{self, Allowed};
use super::curve::draw_curve;
use super::legend::{Entry, Sample};
use super::panel::Panel;
use super::picture::Picture;
use super::scale::{Kind, Scale, short_number};
use super::static_system::is_constant;
use super::style::{self, INK, Look};
use super::systems::Systems;
use super::time_axis;
use meanfield_compare::comparison::{Compared, Comparison, Verdict};
use meanfield_run::quantities::{
    RISK, RISK_BEYOND_BIAS, RISK_BIAS, RISK_GAP, RISK_SPREAD, RISK_STANDARD_ERROR,
};
use meanfield_run::quantity::Quantity;
use meanfield_run::record::Record;
use meanfield_run::refinement;
use plotters::style::RGBColor;

/// A claim's tolerance is shown whole if it is at most this many times the gaps.
const MOST_ALLOWED: f64 = 3.0;
/// Predicted bands are so many standard deviations wide, on either side.
pub(super) const SPREADS: f64 = 2.0;
/// Dashes along their edges.
pub(super) const BAND_DASHES: &[f64] = &[1.0, 1.6];
/// Dashes of the expected bias.
const BIAS_DASHES: &[f64] = &[4.0, 2.0];
/// (time, lower, upper).
type Band = Vec<(f64, f64, f64)>;

/// Content of the panel.
pub struct Gaps {
    systems: Vec<Gap>,
    /// The reference's own refinement error around zero, at each point.
    reference: Vec<(Look, Band)>,
    reference_name: String,
    /// Whether colours distinguish points; claims, which are about all points, then have none.
    by_point: bool,
}

/// One system at one point.
struct Gap {
    system: String,
    look: Look,
    gap: Vec<(f64, f64)>,
    error: Band,
    refinement: Band,
    bias: Vec<(f64, f64)>,
    /// Two standard errors of the mean over the runs around the expected bias.
    band: Band,
    runs: usize,
    allowed: Vec<Allowed>,
    /// Claims on what this panel does not show, in words.
    said: Vec<String>,
}

impl Gaps {
    /// None if no gap can be drawn.
    pub fn of(comparison: &Comparison, records: &[Record], systems: &Systems) -> Option<Self> {
        let mut gaps = Vec::new();
        for compared in &comparison.systems {
            let Some(system) = records.iter().position(|r| r.system == compared.system) else { continue };
            if is_constant(&records[system], records) && !is_claimed(compared) {
                continue;
            }
            let points = compared.points();
            let drawn = points.iter().enumerate().filter(|(_, place)| systems.shows(place));
            for (n, place) in drawn {
                let here = records[system].at(place);
                let error = here.as_ref().map_or(Vec::new(), refinement_error);
                let runs = here.map_or(1, |record| record.runs());
                gaps.push(Gap::of(&compared.at(n), systems.look(system, place), &error, runs));
            }
        }
        gaps.retain(|gap| gap.gap.iter().any(|p| p.1.is_finite()));
        number_claims(&mut gaps);
        let own = systems.items.iter().filter(|item| item.record.system == comparison.reference);
        let reference = own.map(|item| {
            (
                item.look,
                refinement_error(&item.record)
                    .into_iter()
                    .map(|(t, error): (f64, f64)| (t, -error, error))
                    .collect(),
            )
        });
        (!gaps.is_empty()).then(|| Self {
            systems: gaps,
            reference: reference.collect(),
            reference_name: comparison.reference.clone(),
            by_point: !systems.is_one_point(),
        })
    }

    /// Legend entries of what the upper legend does not explain.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for gap in &self.systems {
            let look = if self.by_point { Look { colour: INK, ..gap.look } } else { gap.look };
            for entry in gap.entries(look) {
                if entries.iter().all(|known| known.label != entry.label) {
                    entries.push(entry);
                }
            }
        }
        entries
    }

    /// A scale that contains zero, and tolerances if that leaves the gaps visible.
    pub fn scale(&self) -> Scale {
        let curves = self.systems.iter().flat_map(|gap| gap.gap.iter().chain(&gap.bias).map(|p| p.1));
        let bands = self.systems.iter().flat_map(|gap| gap.error.iter().chain(&gap.refinement));
        let bands = bands.chain(self.systems.iter().flat_map(|gap| &gap.band));
        let bands = bands.chain(self.reference.iter().flat_map(|(_, band)| band)).flat_map(|p| [p.1, p.2]);
        let values: Vec<f64> = curves.chain(bands).filter(|v| v.is_finite()).collect();
        let largest = values.iter().fold(0.0, |largest: f64, v| largest.max(v.abs()));
        let claims = self.systems.iter().flat_map(|gap| &gap.allowed).map(|allowed| allowed.within);
        let shown = claims.filter(|within| largest == 0.0 || *within <= MOST_ALLOWED * largest);
        let ends = shown.flat_map(|within| [-within, within]).chain([0.0]);
        Scale::covering(Kind::Linear, values.iter().copied().chain(ends), 0.06)
    }

    /// Draws bands, then the limits of claims and the curves over them.
    pub fn draw(&self, page: &mut Picture, panel: Panel, x_name: &str) {
        for (look, band) in &self.reference {
            panel.band(page, band, look.veil());
        }
        for gap in &self.systems {
            panel.band(page, &gap.error, gap.look.veil());
            panel.band(page, &gap.refinement, gap.look.veil());
        }
        panel.zero_line(page);
        for gap in &self.systems {
            panel.curve(page, &gap.bias, gap.look.colour, BIAS_DASHES, style::LINE_WIDTH);
            draw_edges(page, &panel, &gap.band, gap.look.colour);
            gap.draw_allowed(page, &panel, if self.by_point { INK } else { gap.look.colour });
            draw_curve(page, &panel, &gap.gap, &gap.look);
        }
        panel.axes(page, Some(x_name), Some(&format!("risk gap to {}", self.reference_name)));
    }
}

/// Whether a claim is about the risk of a system.
fn is_claimed(compared: &Compared) -> bool {
    compared.verdicts.iter().any(|verdict| verdict.claim.quantity == RISK.name)
}

/// Numbers the claims; those on a system are the same at every point.
fn number_claims(gaps: &mut [Gap]) {
    let mut first = 0;
    let mut last: Option<(String, usize)> = None;
    for gap in gaps {
        first += last.filter(|(system, _)| *system != gap.system).map_or(0, |(_, claims)| claims);
        gap.allowed.iter_mut().enumerate().for_each(|(i, allowed)| allowed.number = first + i);
        last = Some((gap.system.clone(), gap.allowed.len()));
    }
}

/// The two edges of a predicted band.
pub(super) fn draw_edges(page: &mut Picture, panel: &Panel, band: &[(f64, f64, f64)], colour: RGBColor) {
    let lower: Vec<(f64, f64)> = band.iter().map(|&(t, low, _)| (t, low)).collect();
    let upper: Vec<(f64, f64)> = band.iter().map(|&(t, _, high)| (t, high)).collect();
    for edge in [lower, upper] {
        panel.curve(page, &edge, colour, BAND_DASHES, style::FRAME_WIDTH);
    }
}

/// Points (time, error) of the risk; empty without a companion at half the resolution.
fn refinement_error(record: &Record) -> Vec<(f64, f64)> {
    let error = record.curve(refinement::name(RISK));
    error.map_or(Vec::new(), |e| {
        time_axis::points(&record.time, &e.values.iter().copied().collect::<Vec<_>>())
    })
}

/// Points (time, value) of a quantity of a comparison; empty if it lacks the quantity.
fn points(compared: &Compared, quantity: &Quantity) -> Vec<(f64, f64)> {
    let series = compared.gaps.iter().find(|series| series.name == quantity.name);
    series.map_or(Vec::new(), |series| time_axis::points(&compared.time, &series.values))
}

/// Around the predicted gap, [`SPREADS`] times the predicted spread times a factor; empty without a
/// prediction.
pub(super) fn predicted_band(compared: &Compared, factor: f64) -> Band {
    let bias = points(compared, RISK_BIAS);
    let spread = points(compared, RISK_SPREAD);
    let around = |((t, bias), (_, spread)): (&(f64, f64), &(f64, f64))| {
        let half = SPREADS * factor * spread;
        (*t, bias - half, bias + half)
    };
    bias.iter().zip(&spread).map(around).collect()
}

/// The refinement error at an observed time.
fn error_at_time(refined: &[(f64, f64)], time: f64) -> Option<f64> {
    let found = refined.binary_search_by(|(t, _)| t.total_cmp(&time)).ok()?;
    Some(refined[found].1)
}

impl Gap {
    fn of(compared: &Compared, look: Look, refined: &[(f64, f64)], runs: usize) -> Self {
        let gap = points(compared, RISK_GAP);
        let error = points(compared, RISK_STANDARD_ERROR);
        let refinement =
            gap.iter().filter_map(|&(t, g)| error_at_time(refined, t).map(|e| (t, g - e, g + e)));
        let bias = points(compared, RISK_BIAS);
        let about = |verdict: &&Verdict| {
            let quantity = &verdict.claim.quantity;
            quantity == RISK.name || (quantity == RISK_BEYOND_BIAS.name && !bias.is_empty())
        };
        let (drawn, said): (Vec<&Verdict>, Vec<&Verdict>) = compared.verdicts.iter().partition(about);
        Self {
            system: compared.system.clone(),
            look,
            error: gap
                .iter()
                .zip(&error)
                .map(|(&(t, g), &(_, e)): (&(f64, f64), &(f64, f64))| (t, g - e, g + e))
                .collect(),
            refinement: refinement.collect(),
            gap,
            band: predicted_band(compared, (runs as f64).sqrt().recip()),
            runs,
            allowed: drawn.into_iter().map(Allowed::of).collect(),
            said: said.into_iter().map(allowed::in_words).collect(),
            bias,
        }
    }

    /// " until t = 3.4", where the prediction ends before the gap does.
    fn end_of_bias(&self) -> String {
        let last = |points: &[(f64, f64)]| points.iter().rev().find(|p| p.1.is_finite()).map(|p| p.0);
        match last(&self.bias).filter(|bias| last(&self.gap).is_some_and(|gap| *bias < gap)) {
            Some(time) => format!(" until t = {}", short_number(time)),
            None => String::new(),
        }
    }

    fn entries(&self, look: Look) -> Vec<Entry> {
        let mut entries = Vec::new();
        let system = &self.system;
        let line = Look { mark: None, width: style::LINE_WIDTH, point: None, ..look };
        if !self.bias.is_empty() {
            let label = format!("predicted of {system}, b/N + cε{}", self.end_of_bias());
            entries.push(Entry { sample: Sample::Line(Look { dashes: BIAS_DASHES, ..line }), label });
        }
        if !self.band.is_empty() {
            let label = format!("the same ± {SPREADS} standard errors of {} runs", self.runs);
            entries.push(Entry {
                sample: Sample::Line(Look { dashes: BAND_DASHES, width: style::THIN_LINE, ..line }),
                label,
            });
        }
        if !self.error.is_empty() {
            let label = format!("{system} ± standard error");
            entries.push(Entry { sample: Sample::Area(look.veil()), label });
        }
        for allowed in &self.allowed {
            let label = format!("claim on {system}: {}", allowed.in_words());
            entries.push(Entry { sample: Sample::Line(Look { dashes: allowed.dashes(), ..line }), label });
        }
        entries.extend(self.said.iter().map(|claim| Entry::remark(format!("claim on {system}: {claim}"))));
        entries
    }

    /// The expected bias with a limit added, over a span.
    fn beyond_bias(&self, limit: f64, (from, until): (f64, f64)) -> Vec<(f64, f64)> {
        let within = self.bias.iter().filter(|(time, _)| (from..=until).contains(time));
        within.map(|(time, bias)| (*time, bias + limit)).collect()
    }

    fn draw_allowed(&self, page: &mut Picture, panel: &Panel, colour: RGBColor) {
        let [first, last] = panel.x.ends();
        for allowed in self.allowed.iter().filter(|allowed| allowed.within.is_finite()) {
            let span = allowed.span();
            let has_zero = panel.x.break_at().is_some() && span.0 <= 0.0;
            let from = if has_zero { 0.0 } else { span.0.max(first) };
            let until = span.1.min(last);
            for limit in [-allowed.within, allowed.within].into_iter().filter(|_| from < until) {
                let ends = match allowed.is_beyond_bias {
                    true => self.beyond_bias(limit, (from, until)),
                    false => vec![(from, limit), (until, limit)],
                };
                panel.curve(page, &ends, colour, allowed.dashes(), style::LINE_WIDTH);
            }
        }
    }
}
