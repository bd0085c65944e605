//! The corpora's statements, taken apart and put together again, and the harmful ones in every frame.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use pg_fuzz::corpora::harmful;
use pg_fuzz::frames::{FRAMES, framed};
use pg_fuzz::{program, promises};

fuzz_target!(|bytes: &[u8]| {
    // Too few bytes make no statement: nothing to check.
    let _ = run(&mut Unstructured::new(bytes));
});

fn run(bytes: &mut Unstructured<'_>) -> Result<()> {
    promises::keep(&program::text(bytes)?);
    let statement = bytes.choose(harmful())?;
    let mut inside = statement.clone();
    for _ in 0..bytes.int_in_range(1..=3)? {
        inside = framed(bytes.choose(FRAMES)?, &inside);
    }
    promises::stays_refused(statement, &inside);
    Ok(())
}
