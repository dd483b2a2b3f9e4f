<?php
// Sets the options given as one JSON object on standard input.
require __DIR__ . '/wp-load.php';
foreach (json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR) as $name => $value) {
    update_option($name, $value);
}
