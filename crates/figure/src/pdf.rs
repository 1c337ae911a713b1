//! Pictures as PDF: one page, shapes as paths, texts as text in the part of the bundled font that they need,
//! so that words can be searched and copied. It writes no file.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, LineJoinStyle, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use plotters::style::{RGBAColor, RGBColor};

use super::embedded_font::EmbeddedFont;
use super::paint::Fault;
use super::picture::{Picture, Place, Shape};
use super::text::Typeface;

/// Objects of the document.
const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const FONT: Ref = Ref::new(6);
const CID_FONT: Ref = Ref::new(7);
const DESCRIPTOR: Ref = Ref::new(8);
const FONT_FILE: Ref = Ref::new(9);
const TO_UNICODE: Ref = Ref::new(10);

/// Names of the font, within the page and in the file; six letters before the plus mark a part of a font.
const FONT_NAME: Name = Name(b"F");
const BASE_FONT: Name = Name(b"MFIGAA+DejaVuSans");
const CMAP_NAME: Name = Name(b"Characters");
const CHARACTERS: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The best ratio that is not slow.
const COMPRESSION: u8 = 7;
/// Distance of the control points of a quarter of a circle, in radii.
const QUARTER: f64 = 0.552_284_75;

/// The picture as a PDF document.
///
/// # Errors
/// If the bundled font cannot be cut.
pub fn document(picture: &Picture) -> Result<Vec<u8>, Fault> {
    let font = EmbeddedFont::for_picture(picture)?;
    let mut page = PageContent::new(picture, &font);
    page.draw_all();
    let alphas = page.alphas.clone();
    let size = picture.size_in_points();
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES);
    pdf.document_info(INFO).producer(TextStr("meanfield"));
    pdf.pages(PAGES).kids([PAGE]).count(1);
    write_page(&mut pdf, size, &alphas);
    let content = compress_to_vec_zlib(&page.content.finish(), COMPRESSION);
    pdf.stream(CONTENT, &content).filter(Filter::FlateDecode);
    write_font(&mut pdf, &font, &picture.typeface);
    Ok(pdf.finish())
}

/// The page with what its content names: the font, and states of transparency by their shares.
fn write_page(pdf: &mut Pdf, (width, height): Place, alphas: &BTreeMap<u8, f64>) {
    let mut page = pdf.page(PAGE);
    page.parent(PAGES).media_box(Rect::new(0.0, 0.0, width as f32, height as f32)).contents(CONTENT);
    let mut resources = page.resources();
    resources.fonts().pair(FONT_NAME, FONT);
    let mut states = resources.ext_g_states();
    for (number, alpha) in alphas {
        let name = state_name(*number);
        states.insert(Name(name.as_bytes())).dict().pair(Name(b"ca"), *alpha as f32);
    }
}

/// The font: composite, of glyphs by their numbers, with the characters that they stand for.
fn write_font(pdf: &mut Pdf, font: &EmbeddedFont, typeface: &Typeface) {
    pdf.type0_font(FONT)
        .base_font(BASE_FONT)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(CID_FONT)
        .to_unicode(TO_UNICODE);
    let mut glyphs = pdf.cid_font(CID_FONT);
    glyphs.subtype(CidFontType::Type2).base_font(BASE_FONT).system_info(CHARACTERS);
    glyphs.font_descriptor(DESCRIPTOR).default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    glyphs.widths().consecutive(0, font.widths(typeface).into_iter().map(|width| width as f32));
    glyphs.finish();
    let [ascent, descent] = typeface.extent().map(|height| (1000.0 * height) as f32);
    pdf.font_descriptor(DESCRIPTOR)
        .name(BASE_FONT)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(-1021.0, -463.0, 1793.0, 1232.0))
        .italic_angle(0.0)
        .ascent(ascent)
        .descent(descent)
        .cap_height(729.0)
        .stem_v(80.0)
        .font_file2(FONT_FILE);
    let file = compress_to_vec_zlib(&font.file, COMPRESSION);
    let mut stream = pdf.stream(FONT_FILE, &file);
    stream.filter(Filter::FlateDecode).pair(Name(b"Length1"), font.file.len() as i32);
    stream.finish();
    let mut characters = UnicodeCmap::new(CMAP_NAME, CHARACTERS);
    font.characters().for_each(|(character, number)| characters.pair(number, character));
    pdf.cmap(TO_UNICODE, &characters.finish());
}

/// The name of a state of transparency.
fn state_name(number: u8) -> String {
    format!("A{number}")
}

/// The content of the page under way.
struct PageContent<'a> {
    picture: &'a Picture,
    font: &'a EmbeddedFont,
    content: Content,
    /// Shares of transparency in use, by their numbers in 255ths.
    alphas: BTreeMap<u8, f64>,
}

impl<'a> PageContent<'a> {
    fn new(picture: &'a Picture, font: &'a EmbeddedFont) -> Self {
        let mut content = Content::new();
        content.set_line_join(LineJoinStyle::RoundJoin);
        Self { picture, font, content, alphas: BTreeMap::new() }
    }

    /// Mosaics under everything, texts over everything.
    fn draw_all(&mut self) {
        let shapes = &self.picture.shapes;
        shapes.iter().filter(|shape| matches!(shape, Shape::Mosaic { .. })).for_each(|s| self.draw(s));
        let others = |shape: &&Shape| !matches!(shape, Shape::Mosaic { .. } | Shape::Text { .. });
        shapes.iter().filter(others).for_each(|shape| self.draw(shape));
        shapes.iter().filter(|shape| matches!(shape, Shape::Text { .. })).for_each(|s| self.draw(s));
    }

    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Area { outline, colour } => self.draw_area(outline, *colour),
            Shape::Line { points, width, colour } => {
                self.set_stroke(*width, *colour);
                self.trace(points);
                self.content.stroke();
            }
            Shape::Mosaic { rectangles, colour } => self.draw_mosaic(rectangles, *colour),
            Shape::Ring { centre, radius, width, colour } => {
                self.set_stroke(*width, *colour);
                self.trace_circle(*centre, *radius);
                self.content.stroke();
            }
            Shape::Disc { centre, radius, colour } => {
                self.set_fill(*colour);
                self.trace_circle(*centre, *radius);
                self.content.fill_nonzero();
            }
            Shape::Text { start, text, size, colour, turned } => {
                self.set_fill(*colour);
                self.draw_text(*start, text, *size, *turned);
            }
        }
    }

    /// A place in points from the lower left corner, as PDF counts.
    fn place(&self, (x, y): Place) -> (f32, f32) {
        let zoom = self.picture.zoom;
        (rounded(x * zoom), rounded((self.picture.height - y) * zoom))
    }

    fn length(&self, length: f64) -> f32 {
        rounded(length * self.picture.zoom)
    }

    fn set_fill(&mut self, RGBColor(r, g, b): RGBColor) {
        let [r, g, b] = [r, g, b].map(channel);
        self.content.set_fill_rgb(r, g, b);
    }

    fn set_stroke(&mut self, width: f64, RGBColor(r, g, b): RGBColor) {
        let [r, g, b] = [r, g, b].map(channel);
        let width = self.length(width);
        self.content.set_line_width(width).set_stroke_rgb(r, g, b);
    }

    fn draw_area(&mut self, outline: &[Place], RGBAColor(r, g, b, alpha): RGBAColor) {
        let number = (255.0 * alpha).round() as u8;
        self.content.save_state();
        if number < u8::MAX {
            self.alphas.insert(number, alpha);
            self.content.set_parameters(Name(state_name(number).as_bytes()));
        }
        self.set_fill(RGBColor(r, g, b));
        self.trace(outline);
        self.content.close_path().fill_nonzero().restore_state();
    }

    fn draw_mosaic(&mut self, rectangles: &[[Place; 2]], colour: RGBColor) {
        self.set_fill(colour);
        for [from, to] in rectangles {
            let (x, y) = self.place(*from);
            let (right, top) = self.place(*to);
            self.content.rect(x, y, right - x, top - y);
        }
        self.content.fill_nonzero();
    }

    fn trace(&mut self, points: &[Place]) {
        for (i, point) in points.iter().enumerate() {
            let (x, y) = self.place(*point);
            if i == 0 {
                self.content.move_to(x, y)
            } else {
                self.content.line_to(x, y)
            };
        }
    }

    /// A circle of four curves.
    fn trace_circle(&mut self, (x, y): Place, radius: f64) {
        let (right, middle) = self.place((x + radius, y));
        self.content.move_to(right, middle);
        let mut direction = (1.0, 0.0);
        for _ in 0..4 {
            let next = (-direction.1, direction.0);
            let along = |from: (f64, f64), to: (f64, f64)| {
                (x + radius * (from.0 + QUARTER * to.0), y + radius * (from.1 + QUARTER * to.1))
            };
            let [a, b] = [along(direction, next), along(next, direction)].map(|place| self.place(place));
            let end = self.place((x + radius * next.0, y + radius * next.1));
            self.content.cubic_to(a.0, a.1, b.0, b.1, end.0, end.1);
            direction = next;
        }
    }

    /// Glyphs one after the other, moved by what the font says of pairs.
    fn draw_text(&mut self, start: Place, text: &str, size: f64, turned: bool) {
        let (x, y) = self.place(start);
        let matrix = if turned { [0.0, 1.0, -1.0, 0.0, x, y] } else { [1.0, 0.0, 0.0, 1.0, x, y] };
        let size = self.length(size);
        self.content.begin_text().set_font(FONT_NAME, size).set_text_matrix(matrix);
        let mut shown = self.content.show_positioned();
        let mut items = shown.items();
        for (glyph, kern) in self.picture.typeface.kerned(text) {
            if kern != 0.0 {
                items.adjust((-1000.0 * kern) as f32);
            }
            items.show(Str(&self.font.number(glyph).to_be_bytes()));
        }
        items.finish();
        shown.finish();
        self.content.end_text();
    }
}

/// One channel of a colour as PDF counts.
fn channel(value: u8) -> f32 {
    f32::from(value) / 255.0
}

/// To a thousandth of a point: more digits are bytes that nobody sees.
fn rounded(value: f64) -> f32 {
    ((value * 1000.0).round() / 1000.0) as f32
}
