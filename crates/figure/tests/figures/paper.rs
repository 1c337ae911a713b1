//! Figures for papers: widths, sizes of type, formats, real text with its font, letters, what is left out.

use meanfield_figure::{Content, Format, Sheet, draw};

use super::made_up::*;

/// Files of the usual records on a sheet, in some formats.
fn drawn_on(sheet: Sheet, formats: &[Format]) -> Vec<(String, Vec<u8>)> {
    let (records, comparison) = usual(2);
    let content = Content { sheet, formats, ..content(&records, Some(&comparison)) };
    let files = draw(&content).expect("drawn");
    files.into_iter().map(|file| (file.name, file.bytes)).collect()
}

fn column() -> Sheet {
    let mut sheet = Sheet::default();
    sheet.width = 3.4 * 72.0;
    sheet.titled = false;
    sheet
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_column_is_as_wide_as_asked_in_every_format() {
    let files = drawn_on(column(), &Format::ALL);
    assert_eq!(files.len(), 6);
    for (name, bytes) in &files {
        match name.rsplit('.').next().expect("an ending") {
            "svg" => assert!(text(bytes).starts_with("<svg width=\"244.8pt\""), "{name}"),
            "pdf" => assert!(text(bytes).contains("/MediaBox [0 0 244.8 "), "{name}"),
            _ => {
                let image = image::load_from_memory(bytes).expect("a picture");
                assert_eq!(image.width(), 768, "{name}: 3.4 inches with 226 pixels each");
            }
        }
    }
}

#[test]
fn nothing_leaves_a_narrow_page() {
    for font_size in [7.0, 8.5, 12.0] {
        let mut sheet = column();
        sheet.font_size = font_size;
        for (name, bytes) in drawn_on(sheet, &[Format::Svg]) {
            let document = text(&bytes);
            let width: f64 = 10.0 * sheet.width * 8.5 / font_size;
            for part in document.split("<text ").skip(1).filter(|part| !part.contains("rotate")) {
                let number = |key: &str| -> f64 {
                    let value = part.split_once(&format!("{key}=\"")).expect("there").1;
                    value.split('"').next().expect("closed").parse().expect("a number")
                };
                let end = number("x") + number("textLength");
                assert!(number("x") >= 0.0 && end <= width + 40.0, "{name} at {font_size}: {part}");
            }
        }
    }
}

#[test]
fn a_pdf_embeds_its_font_and_says_which_characters_its_glyphs_are() {
    for (name, bytes) in drawn_on(column(), &[Format::Pdf]) {
        let document = text(&bytes);
        assert!(document.starts_with("%PDF-1.") && document.trim_end().ends_with("%%EOF"), "{name}");
        for part in ["/FontFile2", "/ToUnicode", "/Identity-H", "+DejaVuSans", "/CIDToGIDMap"] {
            assert!(document.contains(part), "{name} lacks {part}");
        }
        assert!(bytes.len() < 200_000, "{name}: {}", bytes.len());
    }
}

#[test]
fn without_a_title_there_is_none() {
    let mut untitled = Sheet::default();
    untitled.titled = false;
    let is_titled =
        |sheet| drawn_on(sheet, &[Format::Svg]).iter().any(|(_, b)| text(b).contains("PDE predicts"));
    assert!(is_titled(Sheet::default()) && !is_titled(untitled));
}

#[test]
fn panels_have_letters() {
    for (name, bytes) in drawn_on(Sheet::default(), &[Format::Svg]) {
        let document = text(&bytes);
        assert!(document.contains(">(a)</text>") && document.contains(">(b)</text>"), "{name}");
    }
}
