//! The figure of the power laws: of each claim on an exponent a panel on logarithmic axes, with the measured
//! part at each value of the key, the fitted power, and what was predicted or claimed. It fits nothing.

use ab_glyph::InvalidFont;
use meanfield_compare::power_law::{MeasuredPart, PowerLaw};

use super::content::Content;
use super::legend::{self, Entry, Sample};
use super::names::key_name;
use super::panel::Panel;
use super::picture::Picture;
use super::scale::{Kind, Scale, short_number};
use super::style::{self, FAINT, LINE_WIDTH, Look};
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};

const LEFT: f64 = 50.0;
const RIGHT: f64 = 10.0;
const HEIGHT: f64 = 150.0;
/// Space between legend and panel, and below a panel.
const ABOVE: f64 = 15.0;
const BELOW: f64 = 42.0;
/// The lower end of a bar that reaches 0 or beyond, as a share of the value: an axis of powers has no 0.
const LEAST_SHARE: f64 = 0.2;
/// The least ratio of the ends of a vertical axis: what hardly varies is to be seen not to.
const LEAST_RATIO: f64 = 3.0;
/// Dots along a line that is only claimed.
const CLAIMED_DASHES: &[f64] = &[1.2, 2.4];

/// The figure; None without a law that was fitted.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn picture(content: &Content) -> Result<Option<Picture>, InvalidFont> {
    let laws = content.comparison.map_or(&[][..], |comparison| &comparison.power_laws);
    let views: Vec<LawView> = laws.iter().filter_map(LawView::of).collect();
    if views.is_empty() {
        return Ok(None);
    }
    let typeface = Typeface::bundled()?;
    let page_width = content.sheet.layout_width();
    let columns = if content.sheet.is_narrow() { 1 } else { views.len().min(2) };
    let width = page_width / columns as f64 - LEFT - RIGHT;
    let lines = title_lines(&content.heading(""), &typeface, page_width - LEFT - RIGHT);
    let head = TITLE_ROW * lines.len() as f64 + 8.0;
    let heights = views.iter().map(|view| legend::height(&view.entries(), &typeface, width));
    let legend = heights.fold(0.0, f64::max);
    let row = legend + ABOVE + HEIGHT + BELOW;
    let rows = views.len().div_ceil(columns);
    let mut page = Picture::new(&content.sheet, head + row * rows as f64, typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    for (i, view) in views.iter().enumerate() {
        let left = LEFT + (i % columns) as f64 * (width + LEFT + RIGHT);
        let top = head + row * (i / columns) as f64;
        let panel = view.draw(&mut page, (left, top), width, legend + ABOVE);
        panel.letter(&mut page, i, views.len());
    }
    Ok(Some(page))
}

/// A law that can be drawn.
struct LawView<'a> {
    law: &'a PowerLaw,
    /// −1 where the part is negative: its size is drawn.
    sign: f64,
    /// First and last value of the key.
    ends: [f64; 2],
}

impl<'a> LawView<'a> {
    fn of(law: &'a PowerLaw) -> Option<Self> {
        let keys = || law.points.iter().map(|point| point.key);
        let ends = [keys().fold(f64::INFINITY, f64::min), keys().fold(0.0, f64::max)];
        let sign = if law.prefactor.value < 0.0 { -1.0 } else { 1.0 };
        let view = Self { law, sign, ends };
        (!view.marks().is_empty()).then_some(view)
    }

    /// The measured sizes that a logarithmic axis has.
    fn marks(&self) -> Vec<(f64, f64)> {
        let points = self.law.points.iter().map(|point| (point.key, self.sign * point.value));
        points.filter(|(_, size)| *size > 0.0).collect()
    }

    /// (key, lower, upper) of each bar.
    fn bars(&self) -> Vec<(f64, f64, f64)> {
        let points = self.law.points.iter().filter(|point| self.sign * point.value > 0.0);
        points
            .map(|&MeasuredPart { key, value, standard_error }: &MeasuredPart| {
                let size = self.sign * value;
                (key, (size - standard_error).max(LEAST_SHARE * size), size + standard_error)
            })
            .collect()
    }

    /// The line prefactor · key^exponent over the values of the key.
    fn line(&self, prefactor: f64, exponent: f64) -> Vec<(f64, f64)> {
        self.ends.map(|key| (key, self.sign * prefactor * key.powf(exponent))).to_vec()
    }

    fn fit(&self) -> Vec<(f64, f64)> {
        self.line(self.law.prefactor.value, self.law.exponent.value)
    }

    /// The predicted line; that of the claimed exponent where nothing is predicted.
    fn expected(&self) -> Vec<(f64, f64)> {
        match self.law.predicted_prefactor.zip(self.law.predicted_exponent) {
            Some((prefactor, exponent)) => self.line(prefactor, exponent),
            None => self.line(self.law.prefactor_as_claimed.value, self.law.claim.exponent),
        }
    }

    /// Looks of the measured marks, of the fitted line and of the expected one.
    fn looks(&self) -> [Look; 3] {
        let [fit, expected] = [0, 1].map(style::limit_look);
        let claimed =
            Look { colour: FAINT, dashes: CLAIMED_DASHES, mark: None, width: LINE_WIDTH, point: None };
        [style::network_look(0), fit, if self.law.predicted_prefactor.is_some() { expected } else { claimed }]
    }

    fn entries(&self) -> Vec<Entry> {
        let law = self.law;
        let [measured, fit, expected] = self.looks();
        let of_seeds = format!("{}, t = {}, {} seeds", law.claim.system, short_number(law.time), law.seeds);
        let fitted = format!("fit: slope {}", law.exponent).replace('-', "−");
        let outcome = if law.holds { "holds" } else { "does not hold" };
        let claimed = short_number(law.claim.exponent);
        let expectation = match law.predicted_exponent {
            Some(exponent) => {
                format!("predicted: slope {}; claim {outcome}", short_number(exponent))
            }
            None => format!("claimed: slope {claimed} {outcome}"),
        };
        let rows = [
            (Sample::Bar(measured), of_seeds),
            (Sample::Line(fit), fitted),
            (Sample::Line(expected), expectation),
        ];
        rows.into_iter().map(|(sample, label)| Entry { sample, label }).collect()
    }

    /// The name of the vertical axis: what is drawn, as its size where it is negative.
    fn name(&self) -> String {
        let quantity = &self.law.claim.quantity;
        let name = match quantity.strip_suffix("_error") {
            Some(curve) => format!("rms difference of {curve}"),
            None => quantity.clone(),
        };
        let name = name.replace('_', " ");
        if self.sign < 0.0 { format!("−({name})") } else { name }
    }

    /// Draws legend and panel; returns the panel.
    fn draw(&self, page: &mut Picture, (left, top): (f64, f64), width: f64, above: f64) -> Panel {
        legend::draw(page, &self.entries(), (left, top), width);
        let marks = self.marks();
        let bars = self.bars();
        let lines = [self.fit(), self.expected()];
        let heights = bars.iter().flat_map(|bar| [bar.1, bar.2]);
        let heights = at_least_apart(heights.chain(lines.iter().flatten().map(|point| point.1)).collect());
        let x = Scale::covering(Kind::Logarithmic, self.ends, 0.06);
        let y = Scale::covering(Kind::Logarithmic, heights, 0.06);
        let panel = Panel { left, top: top + above, width, height: HEIGHT, x, y };
        let [measured, fit, expected] = self.looks();
        for (line, look) in lines.iter().zip([fit, expected]) {
            panel.curve(page, line, look.colour, look.dashes, LINE_WIDTH);
        }
        panel.error_bars(page, &bars, measured.colour);
        panel.marks(page, &marks, &measured);
        let keys: Vec<f64> = self.law.points.iter().map(|point| point.key).collect();
        panel.axes_over_key(page, Some(&key_name(&self.law.axis)), Some(&self.name()), &keys);
        panel
    }
}

/// Numbers > 0, and where they are close together two more around them that are [`LEAST_RATIO`] apart.
fn at_least_apart(mut sizes: Vec<f64>) -> Vec<f64> {
    let least = sizes.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    if largest < LEAST_RATIO * least {
        let middle = (least * largest).sqrt();
        sizes.extend([middle / LEAST_RATIO.sqrt(), middle * LEAST_RATIO.sqrt()]);
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::at_least_apart;

    #[test]
    fn an_axis_spans_a_factor_of_three() {
        let narrow = at_least_apart(vec![0.9, 1.1]);
        let largest = narrow.iter().copied().fold(0.0, f64::max);
        let least = narrow.iter().copied().fold(f64::INFINITY, f64::min);
        assert!((largest / least - 3.0).abs() < 1e-12);
        assert_eq!(at_least_apart(vec![1.0, 4.0]), [1.0, 4.0]);
    }
}
