//! Files of items that others wrote, and descriptions of tables.
#![no_main]

use dump::foreign;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut count = 0;
    let read = foreign::read_requests(data, "t", &mut |located| {
        count += 1;
        assert!(located.text_bytes <= data.len());
        Ok(())
    });
    if let Ok(changes) = read {
        assert_eq!(changes.count, count);
    }
    let _ = foreign::read_declaration(data, "table");
});
