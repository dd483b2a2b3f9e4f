<?php
// A must-use plugin: tests comment faster than people do, and nobody reads the mail of a test blog.
remove_filter('comment_flood_filter', 'wp_throttle_comment_flood', 10);
add_filter('pre_wp_mail', '__return_true');
// WordPress refuses the same words twice. Trials that count how often an answer arrived must not be helped by that.
add_filter('duplicate_comment_id', fn($id) => get_option('takes_duplicates') ? 0 : $id);
