<?php
// Leaves as many comments as one JSON object on standard input says, as readers do, all at once.
require __DIR__ . '/wp-load.php';
$told = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
foreach (range(1, $told['many']) as $number) {
    wp_insert_comment([
        'comment_post_ID' => $told['posts'][$number % count($told['posts'])],
        'comment_author' => 'Reader ' . $number,
        'comment_author_email' => 'reader@example.org',
        'comment_content' => $told['text'] . ' ' . $number,
        'comment_date' => current_time('mysql'),
        'comment_approved' => 1,
    ]);
}
