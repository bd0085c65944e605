//! Charts as SVG, drawn by plotters.
//!
//! Separate from the page, which puts them beside their tables. Invariant: the colours are those of [`PALETTE`] and [`INK`] and no
//! others, so that a page for the dark can say others in their place; every chart has a title and a description for those who do not
//! see it.

mod bars;
mod heat;
mod lines;

use plotters::prelude::*;

use crate::{Panel, Show, html::escaped};

/// The size of a chart in its own units; small, so that letters stay legible on a phone.
const SIZE: (u32, u32) = (460, 260);
/// The size of letters.
const LETTERS: u32 = 14;
/// The most characters of a name beside an axis.
const NAME: usize = 18;

/// Axes and letters.
pub(crate) const INK: RGBColor = RGBColor(0x4b, 0x55, 0x63);
/// Letters on the light cells of a heat map.
pub(crate) const ON_LIGHT: RGBColor = RGBColor(0x10, 0x18, 0x20);
/// Letters on its dark cells.
pub(crate) const ON_DARK: RGBColor = RGBColor(0xfd, 0xfe, 0xff);
/// Lines behind.
pub(crate) const GRID: RGBColor = RGBColor(0xe1, 0xe4, 0xe8);
/// Series, told apart by those too who see colours otherwise. Source: Okabe and Ito, "Color Universal Design".
pub(crate) const PALETTE: [RGBColor; 6] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x9a, 0x7b, 0x00),
    RGBColor(0x3d, 0x4f, 0x5c),
];
/// Cells of a heat map from low to high.
pub(crate) const HEAT: [RGBColor; 6] = [
    RGBColor(0xea, 0xf2, 0xf9),
    RGBColor(0xc6, 0xdc, 0xee),
    RGBColor(0x93, 0xbf, 0xde),
    RGBColor(0x55, 0x9a, 0xc8),
    RGBColor(0x25, 0x73, 0xab),
    RGBColor(0x0b, 0x4a, 0x7c),
];

/// Why there is no chart; the table stays.
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The chart of a panel, where it has one and there is something to draw.
pub(crate) fn svg(panel: &Panel, id: &str) -> Option<String> {
    let height = match panel.show {
        Show::Line | Show::Forecast => SIZE.1,
        Show::Bar => bars::height(panel),
        Show::HeatMap => heat::height(panel),
        Show::Table | Show::Number => return None,
    };
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (SIZE.0, height)).into_drawing_area();
        match panel.show {
            Show::Line | Show::Forecast => lines::draw(panel, &area),
            Show::Bar => bars::draw(panel, &area),
            Show::HeatMap => heat::draw(panel, &area),
            Show::Table | Show::Number => Ok(()),
        }
        .ok()?;
        area.present().ok()?;
    }
    // What stands inside is plotters'; the element around it says what it is.
    let inside = text.split_once("xmlns=\"http://www.w3.org/2000/svg\">")?.1;
    Some(format!(
        "<svg viewBox=\"0 0 {} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>{inside}",
        SIZE.0,
        escaped(&panel.title),
        escaped(&described(panel)),
    ))
}

/// What a chart shows, in words.
fn described(panel: &Panel) -> String {
    let shape = match panel.show {
        Show::Line => "Line chart",
        Show::Forecast => "Line chart that goes on with a forecast and its intervals",
        Show::Bar => "Bar chart",
        Show::HeatMap => "Heat map",
        Show::Table | Show::Number => "Table",
    };
    let x = panel.x.as_deref().unwrap_or_default();
    format!(
        "{shape} of {} by {x}, {} rows. The table below has every value.",
        panel.y.join(", "),
        panel.row_count
    )
}

fn letters() -> TextStyle<'static> {
    ("sans-serif", LETTERS).into_font().color(&INK)
}

/// A name in the room that there is.
fn cut(name: &str, most: usize) -> String {
    let plain: String = name.chars().map(|each| if each.is_control() { ' ' } else { each }).collect();
    if plain.chars().count() <= most {
        return plain;
    }
    let kept: String = plain.chars().take(most - 1).collect();
    format!("{kept}…")
}

/// The least and the greatest of numbers, with room above and below; never an empty range.
fn range(numbers: impl Iterator<Item = f64>, from_zero: bool) -> (f64, f64) {
    let (mut least, mut most) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), number| {
        (least.min(number), most.max(number))
    });
    if least > most {
        return (0.0, 1.0);
    }
    if from_zero {
        (least, most) = (least.min(0.0), most.max(0.0));
    }
    if (most - least).abs() < f64::EPSILON * most.abs().max(1.0) {
        return (least - 0.5, most + 0.5);
    }
    let room = (most - least) * 0.05;
    (
        if from_zero && least == 0.0 { 0.0 } else { least - room },
        if from_zero && most == 0.0 { 0.0 } else { most + room },
    )
}

/// One of the colours, as many series as there are.
fn colour(index: usize) -> RGBColor {
    PALETTE.get(index % PALETTE.len()).copied().unwrap_or(INK)
}
