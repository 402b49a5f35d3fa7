helm inspect charts/note
helm inspect chart charts/note
helm inspect values charts/note
helm inspect readme charts/note
helm inspect readme charts/kiosk
helm inspect charts/kiosk
helm inspect values charts/family
helm inspect
helm inspect none
helm inspect chart
helm inspect charts/note more
helm inspect charts/note --version 9
helm inspect nonsense charts/note
helm inspect readme none
