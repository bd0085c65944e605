//! Any bytes: every text has an answer, and the answer keeps its promises.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if bytes.len() <= 64 << 10 {
        pg_fuzz::promises::keep(&String::from_utf8_lossy(bytes));
    }
});
